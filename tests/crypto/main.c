#include "crypto/fake_openssl.h"
#include "crypto/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {init_hash_tests, init_id_tests, init_sign_tests, NULL};
    if (fake_openssl_memory() != 0)
        return 2;
    return suite_main(argc, argv, inits);
}
