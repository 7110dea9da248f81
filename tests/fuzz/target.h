/* What every fuzz target is: libFuzzer's entry, also called by replay.c. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Stands in every build, NDEBUG or not. */
#define MUST(cond) ((cond) ? (void)0 : abort())

#endif
