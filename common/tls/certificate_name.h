// Whose certificate it is (RFC 5280).
#pragma once

#include <string>

struct x509_st;  // of OpenSSL, whose headers are the .cpp's alone

namespace overlap::tls {

// The subject's common name; without one the first e-mail address among the alternative names;
// without one the first DNS name. In UTF-8. Empty if there is none of them, if the subject has
// several common names, or if the text holds NUL or other control characters: such a name is made
// to be taken for another one.
std::string name_of(const x509_st& certificate);

}  // namespace overlap::tls
