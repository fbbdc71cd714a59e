/*
 * The bytes objects of a Python list, as strings: a step that would cost Python and cffi 0.1 µs for each.
 *
 * The one file of the core that knows Python; it keeps to the stable ABI, as the extension does. cffi lets go of the
 * interpreter's lock around every call, so it is taken again. A bytes object's contents neither move nor change as long
 * as it lives.
 */

#include <Python.h>

#include "strings_gather.h"

/* Most are of the very type, which to see takes no call. */
static int is_bytes(PyObject *value) { return Py_IS_TYPE(value, &PyBytes_Type) || PyBytes_Check(value); }

int sk_strings_only_bytes(uintptr_t list, size_t count)
{
    const PyGILState_STATE state = PyGILState_Ensure();
    size_t i = 0;

    while (i < count && is_bytes(PyList_GetItem((PyObject *)list, (Py_ssize_t)i))) {
        i++;
    }
    PyGILState_Release(state);
    return i == count;
}

/* The same for one list; where is the room for its addresses and lengths. 0 if an item is no bytes object. */
static int gather(PyObject *list, size_t count, void *where, sk_strings *strings)
{
    const uint8_t **data = where;
    size_t *bytes = (size_t *)(data + count);

    for (size_t i = 0; i < count; i++) {
        char *contents;
        Py_ssize_t size;

        if (PyBytes_AsStringAndSize(PyList_GetItem(list, (Py_ssize_t)i), &contents, &size) < 0) {
            PyErr_Clear(); /* the caller has words of its own */
            return 0;
        }
        data[i] = (const uint8_t *)contents;
        bytes[i] = (size_t)size;
    }
    *strings = (sk_strings){data, bytes};
    return 1;
}

/* Two lists in one call, since after each another thread may have the interpreter's lock. */
const sk_strings *sk_strings_gather(uintptr_t list, uintptr_t second, size_t count, void *room)
{
    sk_strings *strings = room;
    size_t *where = (size_t *)(strings + (second == 0 ? 1 : 2));
    const PyGILState_STATE state = PyGILState_Ensure();
    int done = gather((PyObject *)list, count, where, &strings[0]);

    if (done && second != 0) {
        done = gather((PyObject *)second, count, where + 2 * count, &strings[1]);
    }
    PyGILState_Release(state);
    return done ? strings : NULL;
}
