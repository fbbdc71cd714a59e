/*
 * The bytes objects of a Python list, as strings: a step that would cost Python and cffi 0.1 µs for each.
 *
 * The one file of the core that knows Python; it keeps to the stable ABI, as the extension does. cffi lets go of the
 * interpreter's lock around every call, so it is taken again. A bytes object's contents neither move nor change as long
 * as it lives.
 */

#include <Python.h>

#include "strings_gather.h"

int sk_strings_only_bytes(uintptr_t list, size_t count)
{
    const PyGILState_STATE state = PyGILState_Ensure();
    size_t i = 0;

    while (i < count && PyBytes_Check(PyList_GetItem((PyObject *)list, (Py_ssize_t)i))) {
        i++;
    }
    PyGILState_Release(state);
    return i == count;
}

const sk_strings *sk_strings_gather(uintptr_t list, size_t count, void *room)
{
    sk_strings *strings = room;
    const uint8_t **data = (const uint8_t **)(strings + 1);
    size_t *bytes = (size_t *)(data + count);
    const PyGILState_STATE state = PyGILState_Ensure();
    size_t i = 0;

    for (; i < count; i++) {
        PyObject *value = PyList_GetItem((PyObject *)list, (Py_ssize_t)i); /* borrowed from the list */

        if (!PyBytes_Check(value)) {
            break;
        }
        data[i] = (const uint8_t *)PyBytes_AsString(value);
        bytes[i] = (size_t)PyBytes_Size(value);
    }
    PyGILState_Release(state);
    *strings = (sk_strings){data, bytes};
    return i == count ? strings : NULL;
}
