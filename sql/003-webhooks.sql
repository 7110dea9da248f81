-- Omnichannel schema 3: what the webhook sender needs.
-- oldest program: 2
--
-- Nothing wrote webhook_attempt before this version, so its new shape costs nothing.

ALTER TABLE webhook_job
    ADD COLUMN IF NOT EXISTS hold_until DATETIME(6) NULL
        COMMENT 'later events of the ticket wait for this one until then; NULL: it has not failed yet, they wait',
    ADD COLUMN IF NOT EXISTS expires_at DATETIME(6) NULL
        COMMENT 'given up when it fails after that; NULL: by its age',
    ALGORITHM = INSTANT;

-- A new job has room for the token: a lease that made its row longer would cost half as much again.
ALTER TABLE webhook_job
    MODIFY COLUMN lease_token BINARY(16) NULL DEFAULT 0x00000000000000000000000000000000
        COMMENT 'who is sending it; fences the outcome. NULL or zero: nobody',
    ALGORITHM = INSTANT;

ALTER TABLE webhook_receiver
    ADD COLUMN IF NOT EXISTS failing_since DATETIME(6) NULL
        COMMENT 'first failure since the last success; NULL: none';

ALTER TABLE partner
    ADD COLUMN IF NOT EXISTS webhook_hosts VARCHAR(2047) NULL
        COMMENT 'space-separated hosts that its webhooks may go to; NULL: any',
    ALGORITHM = INSTANT;

-- A day a partition: history is dropped, not deleted. Whatever comes before
-- `omnichannel-admin tidy` has made the days' partitions stands in the last.
ALTER TABLE webhook_attempt
    ADD COLUMN IF NOT EXISTS seq INT UNSIGNED NOT NULL COMMENT 'X-Webhook-Sequence' AFTER ticket_number,
    ADD COLUMN IF NOT EXISTS event ENUM('TICKET_CREATED', 'STATUS_CHANGED', 'COMMENT_ADDED', 'TICKET_RESOLVED', 'TICKET_CLOSED')
        NOT NULL COMMENT 'X-Webhook-Event' AFTER seq,
    ADD COLUMN IF NOT EXISTS delivered BOOLEAN NOT NULL COMMENT 'the receiver took it' AFTER attempt,
    ADD COLUMN IF NOT EXISTS answer VARCHAR(200) NULL COMMENT 'first characters of the answer''s body' AFTER error,
    MODIFY COLUMN created_at DATETIME(6) NOT NULL COMMENT 'when it ended',
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (id, created_at),
    DROP KEY IF EXISTS webhook_attempt_created,
    ADD KEY IF NOT EXISTS webhook_attempt_ticket (ticket_number, seq),
    ADD KEY IF NOT EXISTS webhook_attempt_partner (partner_id, delivered, created_at)
    PARTITION BY RANGE COLUMNS (created_at) (PARTITION future VALUES LESS THAN (MAXVALUE));

CREATE TABLE IF NOT EXISTS webhook_gone (
    partner_id INT UNSIGNED NOT NULL COMMENT 'partner.id',
    url_hash   BINARY(32) NOT NULL COMMENT 'SHA-256 of the url',
    url        VARCHAR(2048) NOT NULL COMMENT 'target that answered 410: nothing is sent to it any more',
    receiver   BIGINT UNSIGNED NOT NULL COMMENT 'webhook_receiver.receiver',
    webhook_id VARCHAR(25) NOT NULL COMMENT 'the event that was answered 410',
    gone_at    DATETIME(6) NOT NULL COMMENT 'when',
    PRIMARY KEY (partner_id, url_hash),
    KEY webhook_gone_receiver (receiver)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Webhook targets switched off by their own answer';

ALTER TABLE webhook_dead
    ADD KEY IF NOT EXISTS webhook_dead_died (died_at),
    ADD KEY IF NOT EXISTS webhook_dead_receiver (receiver, partner_id),
    ALGORITHM = INPLACE, LOCK = NONE;
