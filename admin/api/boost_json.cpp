// Boost.JSON itself, where no library of it is built: natively its headers alone are there.
#include <boost/json/src.hpp>
