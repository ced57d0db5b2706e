// Files of this repository that the program carries with it.
#pragma once
#include <stddef.h>

typedef struct {
    const unsigned char *bytes;
    size_t count;
} assay_file;

// The genesis profiles of `genesis/`.
assay_file assay_genesis_dev(void);
assay_file assay_genesis_base_sepolia(void);
assay_file assay_genesis_opengradient(void);

// LeNet-5 and digits, for `assay demo` (`Tests/Fixtures/models/lenet5`).
assay_file assay_demo_model(void);
assay_file assay_demo_calibration(void);
assay_file assay_demo_input(void);
