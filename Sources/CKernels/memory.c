#include "memory.h"

#include <stdlib.h>

void *assay_resize(void *block, size_t bytes) {
    void *larger = realloc(block, bytes);
    if (larger == NULL) abort();
    return larger;
}

void assay_release(void *block) { free(block); }
