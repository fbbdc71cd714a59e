/*
 * Pointers to the bytes objects of a Python list: a step that would cost Python and cffi 0.1 µs for each.
 *
 * The one file of the core that knows Python; it keeps to the stable ABI, as the extension does. cffi lets go of the
 * interpreter's lock around every call, so it is taken again. A bytes object's contents neither move nor change as long
 * as it lives.
 */

#include <Python.h>

#include "strings_gather.h"

size_t sk_strings_gather(uintptr_t list, const uint8_t **data, size_t *bytes, size_t count)
{
    PyObject *values = (PyObject *)list; /* borrowed from the caller */
    const PyGILState_STATE state = PyGILState_Ensure();
    size_t i = 0;

    for (; i < count; i++) {
        PyObject *value = PyList_GetItem(values, (Py_ssize_t)i);

        if (!PyBytes_Check(value)) {
            break;
        }
        if (data != NULL) {
            data[i] = (const uint8_t *)PyBytes_AsString(value);
            bytes[i] = (size_t)PyBytes_Size(value);
        }
    }
    PyGILState_Release(state);
    return i;
}
