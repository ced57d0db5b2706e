#pragma once
#include <stddef.h>

/// A block of `bytes` with the old block's contents, which it replaces; large ones are moved by
/// the page tables instead of copied. Never null: the process ends when there is no memory.
void *_Nonnull assay_resize(void *_Nullable block, size_t bytes);
void assay_release(void *_Nullable block);
