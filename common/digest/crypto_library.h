// OpenSSL, made ready for a service: nothing is read from files or the environment.
#pragma once

namespace overlap {

// Any thread, any number of times; costs nothing after the first. To be called before anything of
// OpenSSL: its first use would otherwise read a configuration file, whose place an unprivileged
// user of Windows may be able to create. The rooms digest and tls call it themselves. Throws
// std::bad_alloc.
void prepare_crypto_library();

}  // namespace overlap
