#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

// OpenSSL 3 marks these as deprecated, and Swift cannot silence the warning at a call.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline EC_KEY *assay_ec_key_new(void) { return EC_KEY_new(); }
static inline void assay_ec_key_free(EC_KEY *key) { EC_KEY_free(key); }
static inline int assay_ec_key_set_group(EC_KEY *key, const EC_GROUP *group) {
    return EC_KEY_set_group(key, group);
}
static inline int assay_ec_key_set_public(EC_KEY *key, const EC_POINT *point) {
    return EC_KEY_set_public_key(key, point);
}
static inline int assay_ecdsa_verify(const unsigned char *digest, int count,
                                     const ECDSA_SIG *signature, EC_KEY *key) {
    return ECDSA_do_verify(digest, count, signature, key);
}
#pragma clang diagnostic pop
