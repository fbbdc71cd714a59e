/*
 * Batches over Python's lists: messages and signatures are read where they lie, verdicts written where Python wants
 * them, in one call. Step by step, Python and cffi would take 0.1 µs for each item, a twentieth of a verification.
 *
 * The one file of the core that knows Python; it keeps to the stable ABI, as the extension does. cffi lets go of the
 * interpreter's lock around every call: it is taken again for as long as lists are looked at, not for the work itself.
 * A bytes object's contents neither move nor change as long as it lives.
 */

#include <Python.h>

#include "lists.h"
#include "runtime.h"

/* Most are of the very type, which to see takes no call. */
static int is_bytes(PyObject *value) { return Py_IS_TYPE(value, &PyBytes_Type) || PyBytes_Check(value); }

int sk_list_only_bytes(uintptr_t list, size_t count)
{
    const PyGILState_STATE state = PyGILState_Ensure();
    size_t i = 0;

    while (i < count && is_bytes(PyList_GetItem((PyObject *)list, (Py_ssize_t)i))) {
        i++;
    }
    PyGILState_Release(state);
    return i == count;
}

/* The bytes objects of a list as strings, whose addresses and lengths take the place of two words an item in room. 0 if
 * an item is no bytes object. With the interpreter's lock. */
static int gather(uintptr_t list, size_t count, size_t *room, sk_strings *strings)
{
    const uint8_t **data = (void *)room;
    size_t *bytes = room + count;

    for (size_t i = 0; i < count; i++) {
        char *contents;
        Py_ssize_t size;

        if (PyBytes_AsStringAndSize(PyList_GetItem((PyObject *)list, (Py_ssize_t)i), &contents, &size) < 0) {
            PyErr_Clear(); /* the caller has words of its own */
            return 0;
        }
        data[i] = (const uint8_t *)contents;
        bytes[i] = (size_t)size;
    }
    *strings = (sk_strings){data, bytes};
    return 1;
}

int sk_sign_list(const sk_keyring *ring, uintptr_t messages, size_t count, enum sk_kernel kernel, uint8_t *out,
                 size_t stride, size_t *room)
{
    const PyGILState_STATE state = PyGILState_Ensure();
    sk_strings strings;
    const int only_bytes = gather(messages, count, room, &strings);

    PyGILState_Release(state);
    return only_bytes ? sk_sign_batch(ring, &strings, count, kernel, out, stride) : SK_NOT_BYTES;
}

int sk_verify_lists(const sk_keyring *ring, uintptr_t messages, uintptr_t signatures, size_t count,
                    enum sk_kernel kernel, uintptr_t verdicts, size_t *room)
{
    PyGILState_STATE state = PyGILState_Ensure();
    uint8_t *found = (uint8_t *)(room + 4 * count);
    sk_strings strings[2];
    const int only_bytes = gather(messages, count, room, &strings[0]) &&
                           gather(signatures, count, room + 2 * count, &strings[1]);
    int status = SK_NOT_BYTES;

    PyGILState_Release(state);
    if (only_bytes) {
        status = sk_verify_batch(ring, &strings[0], &strings[1], count, kernel, found);
    }
    if (status == SK_OK) {
        state = PyGILState_Ensure();
        for (size_t i = 0; i < count; i++) {
            PyObject *verdict = found[i] ? Py_True : Py_False;
            Py_INCREF(verdict); /* which the list takes */
            PyList_SetItem((PyObject *)verdicts, (Py_ssize_t)i, verdict);
        }
        PyGILState_Release(state);
    }
    return status;
}
