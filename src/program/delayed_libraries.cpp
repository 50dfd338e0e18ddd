// SPDX-License-Identifier: Apache-2.0
// The part in C++ of what cmake/delayed/stubs.py generates.
#include "program/delayed_libraries.h"

#include <dlfcn.h>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace {

struct Place {
    void* at;
    std::size_t bytes;
};

/// A row of the table that stubs.py writes, member for member. Lists of names end with an empty one.
struct Library {
    const char* soname;     ///< null in the row that ends the table
    const char* start;      ///< a function without arguments after which variables have their values, or ""
    const char* functions;  ///< names
    void** slots;           ///< what the stubs jump to, in the order of `functions`
    const char* variables;  ///< names
    const Place* places;    ///< in the order of `variables`
    std::size_t loaded;     ///< not 0 once all of the above is in its place; guarded by the mutex of load()
};

const char* next(const char* name) { return name + std::strlen(name) + 1; }

void* open(const Library& library) { return ::dlopen(library.soname, RTLD_LAZY | RTLD_LOCAL); }

bool load(Library& library) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (library.loaded != 0) return true;
    void* handle = open(library);
    if (handle == nullptr) return false;
    if (*library.start != '\0') {
        void* start = ::dlsym(handle, library.start);
        if (start == nullptr) return false;
        reinterpret_cast<void (*)()>(start)();
    }
    const Place* place = library.places;
    for (const char* name = library.variables; *name != '\0'; name = next(name), ++place) {
        const void* value = ::dlsym(handle, name);
        if (value == nullptr) return false;
        std::memcpy(place->at, value, place->bytes);
    }
    // Last: who finds a function in a slot goes there without coming here.
    void** slot = library.slots;
    for (const char* name = library.functions; *name != '\0'; name = next(name), ++slot) {
        void* function = ::dlsym(handle, name);
        if (function == nullptr) return false;
        std::atomic_ref<void*>(*slot).store(function, std::memory_order_release);
    }
    library.loaded = 1;
    return true;
}

void complain() {
    std::fprintf(stderr, "Error: a library that this needs cannot be loaded: %s. Install the package it belongs to.\n",
                 ::dlerror());
}

}  // namespace

extern "C" {

__attribute__((visibility("hidden"))) extern Library mirfa_delayed_libraries[];

/// Called by a stub whose library is not there yet.
__attribute__((visibility("hidden"))) void mirfa_load_delayed(Library* library) {
    if (load(*library)) return;
    complain();
    std::_Exit(1);
}
}

namespace mirfa::program {

bool load_delayed_libraries() {
    // Not as a first call does it: what starts a library may take memory, and it may never be called.
    for (const Library* library = mirfa_delayed_libraries; library->soname != nullptr; ++library) {
        if (open(*library) != nullptr) continue;
        complain();
        return false;
    }
    return true;
}

}  // namespace mirfa::program
