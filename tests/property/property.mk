# What must hold whatever happens: random changes by many clients, receivers that
# fail at random, senders killed and stopped at random, and a checker that shares
# no code with any of it. PROPERTY_SECONDS: how long; PROPERTY_SEED: what happens.
check_PROGRAMS += tests/property/check
tests_property_check_SOURCES = tests/property/check.c

PROPERTY_TESTS = tests/property/planted.sh
EXTRA_DIST += tests/property/planted.sh
