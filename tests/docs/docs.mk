# What the documentation tells people to paste is run.
DOC_TESTS = tests/docs/webhooks.sh
EXTRA_DIST += $(DOC_TESTS)
