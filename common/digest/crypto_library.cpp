#include "common/digest/crypto_library.h"

#include <openssl/crypto.h>

#include <new>

namespace overlap {

void prepare_crypto_library() {
  static const int ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  if (ready != 1) throw std::bad_alloc();
}

}  // namespace overlap
