#include "profiles.h"

static const unsigned char dev[] = {
#embed "../../genesis/dev.json"
};
static const unsigned char base_sepolia[] = {
#embed "../../genesis/base-sepolia.json"
};
static const unsigned char opengradient[] = {
#embed "../../genesis/opengradient.json"
};
static const unsigned char model[] = {
#embed "../../Tests/Fixtures/models/lenet5/model.onnx"
};
static const unsigned char calibration[] = {
#embed "../../Tests/Fixtures/models/lenet5/calibration.json"
};
static const unsigned char input[] = {
#embed "../../Tests/Fixtures/models/lenet5/input.json"
};

assay_file assay_genesis_dev(void) { return (assay_file){dev, sizeof dev}; }
assay_file assay_genesis_base_sepolia(void) {
    return (assay_file){base_sepolia, sizeof base_sepolia};
}
assay_file assay_genesis_opengradient(void) {
    return (assay_file){opengradient, sizeof opengradient};
}
assay_file assay_demo_model(void) { return (assay_file){model, sizeof model}; }
assay_file assay_demo_calibration(void) { return (assay_file){calibration, sizeof calibration}; }
assay_file assay_demo_input(void) { return (assay_file){input, sizeof input}; }
