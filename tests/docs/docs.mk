# What the documentation tells people to paste is run, and what it lists is compared.
DOC_TESTS = tests/docs/init.sh tests/docs/operate.sh tests/docs/units.sh tests/docs/webhooks.sh
EXTRA_DIST += $(DOC_TESTS)
