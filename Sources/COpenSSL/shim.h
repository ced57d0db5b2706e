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
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

// OpenSSL 3 marks these as deprecated, and Swift cannot silence the warning at a call.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline void assay_sha256_init(SHA256_CTX *context) { SHA256_Init(context); }
static inline void assay_sha256_update(SHA256_CTX *context, const void *bytes, size_t count) {
    SHA256_Update(context, bytes, count);
}
static inline void assay_sha256_final(SHA256_CTX *context, unsigned char *digest) {
    SHA256_Final(digest, context);
}
static inline EC_KEY *assay_ec_key_new(void) { return EC_KEY_new(); }
static inline void assay_ec_key_free(EC_KEY *key) { EC_KEY_free(key); }
static inline int assay_ec_key_set_group(EC_KEY *key, const EC_GROUP *group) {
    return EC_KEY_set_group(key, group);
}
static inline int assay_ec_key_set_point(EC_KEY *key, const unsigned char *bytes, size_t count) {
    return EC_KEY_oct2key(key, bytes, count, NULL);
}
static inline int assay_ec_group_precompute(EC_GROUP *group) {
    return EC_GROUP_precompute_mult(group, NULL);
}
static inline int assay_ecdsa_verify(const unsigned char *digest, int count,
                                     const ECDSA_SIG *signature, EC_KEY *key) {
    return ECDSA_do_verify(digest, count, signature, key);
}
static inline int assay_ec_key_set_private(EC_KEY *key, const BIGNUM *secret) {
    return EC_KEY_set_private_key(key, secret);
}
static inline ECDSA_SIG *assay_ecdsa_sign(const unsigned char *digest, int count,
                                          const BIGNUM *inverse, const BIGNUM *r, EC_KEY *key) {
    return ECDSA_do_sign_ex(digest, count, inverse, r, key);
}

// One RSA operation with the public key, and the check of its result as EMSA-PSS.
static inline int assay_rsa_pss_verify(BIGNUM *modulus, BIGNUM *exponent,
                                       const unsigned char *signature, int count,
                                       unsigned char *opened, const unsigned char *digest,
                                       const EVP_MD *hash, int salt) {
    RSA *key = RSA_new();
    if (key == NULL || RSA_set0_key(key, modulus, exponent, NULL) != 1) {
        RSA_free(key);
        BN_free(modulus);
        BN_free(exponent);
        return 0;
    }
    int isValid = RSA_public_decrypt(count, signature, opened, key, RSA_NO_PADDING) == count &&
                  RSA_verify_PKCS1_PSS_mgf1(key, digest, hash, hash, opened, salt) == 1;
    RSA_free(key);
    return isValid;
}
#pragma clang diagnostic pop
