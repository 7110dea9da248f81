-- Omnichannel schema 1: all tables.
-- oldest program: 1
--
-- Rules that every migration keeps: safe to repeat (IF NOT EXISTS), only ever
-- adds (a running pool must survive it), a comment on every table and column,
-- a primary key everywhere, no foreign keys (the hot write path pays for them).
-- Text compares byte for byte: utf8mb4_nopad_bin, where trailing spaces count.
-- Times are UTC. Statements end with a semicolon at the end of a line's code;
-- there is no DELIMITER.

CREATE TABLE IF NOT EXISTS partner (
    id          INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'partner, as stored with its tickets and keys',
    code        VARCHAR(63) NOT NULL COMMENT 'what partners call themselves: integration.partnerId',
    name        VARCHAR(200) NOT NULL COMMENT 'for people',
    webhook_url VARCHAR(2048) NULL COMMENT 'target of events when a ticket names none; NULL: none',
    suspended   BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'all keys of the partner are refused',
    created_at  DATETIME(6) NOT NULL COMMENT 'when it was added',
    PRIMARY KEY (id),
    UNIQUE KEY partner_code (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Who may send tickets';

CREATE TABLE IF NOT EXISTS partner_secret (
    partner_id      INT UNSIGNED NOT NULL COMMENT 'partner.id',
    webhook_secret  VARCHAR(64) NOT NULL COMMENT 'whsec_ text as issued: signs webhooks',
    previous_secret VARCHAR(64) NULL COMMENT 'the one before, while both sign during a rotation',
    previous_until  DATETIME(6) NULL COMMENT 'end of that overlap',
    PRIMARY KEY (partner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Webhook secrets: apart from partner so that workers cannot read them';

CREATE TABLE IF NOT EXISTS api_key (
    id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'what people call the key: it is not secret',
    partner_id   INT UNSIGNED NOT NULL COMMENT 'partner.id',
    hash         BINARY(32) NOT NULL COMMENT 'SHA-256 of the key; the key itself is nowhere',
    permissions  SET('create', 'read', 'update', 'agent') NOT NULL COMMENT 'what it may do',
    limit_create INT UNSIGNED NOT NULL COMMENT 'creates admitted in any 60 seconds; 0: unlimited',
    limit_read   INT UNSIGNED NOT NULL COMMENT 'reads admitted in any 60 seconds; 0: unlimited',
    limit_update INT UNSIGNED NOT NULL COMMENT 'updates admitted in any 60 seconds; 0: unlimited',
    cidrs        VARCHAR(2047) NULL COMMENT 'space-separated client ranges; NULL: from anywhere',
    created_at   DATETIME(6) NOT NULL COMMENT 'when it was made',
    expires_at   DATETIME(6) NULL COMMENT 'refused from then on; NULL: never',
    revoked_at   DATETIME(6) NULL COMMENT 'refused since; NULL: in force',
    PRIMARY KEY (id),
    UNIQUE KEY api_key_hash (hash),
    KEY api_key_partner (partner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Keys of partners';

CREATE TABLE IF NOT EXISTS service (
    id               INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'row',
    type             ENUM('CLAIM', 'REIMBURSEMENT', 'DISPUTE', 'COMPLAINT', 'INQUIRY', 'FEEDBACK', 'TECHNICAL_SUPPORT',
                          'ACCOUNT_ISSUE', 'CARD_ISSUE', 'ATM_ISSUE', 'MOBILE_BANKING', 'INTERNET_BANKING',
                          'GENERAL_REQUEST', 'OTHER') NOT NULL COMMENT 'serviceType',
    sub_type         VARCHAR(128) NOT NULL DEFAULT '' COMMENT 'claimType, complaintType, …; empty: the type''s default row',
    name             VARCHAR(200) NOT NULL COMMENT 'service name shown to partners',
    support_group    VARCHAR(200) NOT NULL COMMENT 'who takes the ticket',
    response_minutes INT UNSIGNED NOT NULL COMMENT '[min] from opening to the response deadline',
    sla_hours        INT UNSIGNED NOT NULL COMMENT '[h] from opening to the resolution deadline',
    estimate_hours   INT UNSIGNED NOT NULL COMMENT '[h] from opening to the estimated resolution',
    PRIMARY KEY (id),
    UNIQUE KEY service_type (type, sub_type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Service catalogue: copied into a ticket when it is opened';

CREATE TABLE IF NOT EXISTS branch (
    id   INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'row',
    code VARCHAR(128) NOT NULL COMMENT 'customer.branchCode',
    name VARCHAR(200) NOT NULL COMMENT 'shown beside the code',
    PRIMARY KEY (id),
    UNIQUE KEY branch_code (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'The bank''s branches';

CREATE TABLE IF NOT EXISTS ticket (
    number               BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'ticketNumber',
    id                   VARCHAR(25) NOT NULL COMMENT 'ticketId: a cuid made by the program, so that a repeated write finds itself',
    version              BIGINT UNSIGNED NOT NULL COMMENT 'last ticket_event.seq; guards every update',
    partner_id           INT UNSIGNED NOT NULL COMMENT 'partner.id',
    request_key          VARBINARY(520) NULL COMMENT 'R + integration.requestId or K + Idempotency-Key; NULL: none was sent',
    body_hash            BINARY(32) NULL COMMENT 'SHA-256 of the compact request body, with request_key',
    status               ENUM('OPEN', 'IN_PROGRESS', 'PENDING', 'RESOLVED', 'CLOSED', 'CANCELLED') NOT NULL COMMENT 'state',
    priority             ENUM('LOW', 'MEDIUM', 'HIGH', 'URGENT', 'CRITICAL') NOT NULL COMMENT 'as sent or by the rules',
    channel              ENUM('WHATSAPP', 'EMAIL', 'CHAT', 'PHONE', 'SMS', 'FACEBOOK', 'INSTAGRAM', 'TWITTER', 'TELEGRAM',
                              'WEB_PORTAL') NOT NULL COMMENT 'where the customer wrote',
    service_type         ENUM('CLAIM', 'REIMBURSEMENT', 'DISPUTE', 'COMPLAINT', 'INQUIRY', 'FEEDBACK', 'TECHNICAL_SUPPORT',
                              'ACCOUNT_ISSUE', 'CARD_ISSUE', 'ATM_ISSUE', 'MOBILE_BANKING', 'INTERNET_BANKING',
                              'GENERAL_REQUEST', 'OTHER') NOT NULL COMMENT 'serviceType',
    channel_reference_id VARCHAR(128) NULL COMMENT 'the partner''s own reference; not unique',
    title                VARCHAR(200) NOT NULL COMMENT 'ticket.title',
    description          TEXT NOT NULL COMMENT 'ticket.description, at most 10,000 characters',
    category             VARCHAR(64) NOT NULL COMMENT 'ticket.category, as sent or derived',
    customer_name        VARCHAR(200) NOT NULL COMMENT 'customer.name',
    customer_email       VARCHAR(254) NULL COMMENT 'customer.email',
    customer_phone       VARCHAR(32) NULL COMMENT 'customer.phone',
    customer_identifier  VARCHAR(128) NULL COMMENT 'customer.identifier (CIF)',
    customer_department  VARCHAR(100) NULL COMMENT 'customer.department',
    customer_language    VARCHAR(128) NULL COMMENT 'customer.preferredLanguage',
    branch_code          VARCHAR(128) NULL COMMENT 'customer.branchCode, known in branch or not',
    service_name         VARCHAR(200) NOT NULL COMMENT 'service.name when opened',
    support_group        VARCHAR(200) NOT NULL COMMENT 'service.support_group when opened',
    sla_hours            INT UNSIGNED NOT NULL COMMENT '[h] service.sla_hours when opened',
    tracking_url_base    VARCHAR(190) NOT NULL COMMENT 'trackingUrl up to /tickets/, as configured when opened',
    assignee             VARCHAR(200) NULL COMMENT 'who works on it; NULL: nobody yet',
    metadata             MEDIUMTEXT NULL COMMENT 'ticket.metadata: the request''s own bytes without insignificant white space',
    webhook_url          VARCHAR(2048) NULL COMMENT 'integration.webhookUrl',
    api_version          VARCHAR(128) NULL COMMENT 'integration.apiVersion',
    created_at           DATETIME(6) NOT NULL COMMENT 'when it was opened',
    updated_at           DATETIME(6) NOT NULL COMMENT 'last change of any kind',
    resolved_at          DATETIME(6) NULL COMMENT 'set while RESOLVED and after',
    closed_at            DATETIME(6) NULL COMMENT 'set when CLOSED or CANCELLED',
    estimated_at         DATETIME(6) NOT NULL COMMENT 'estimatedResolution',
    response_deadline    DATETIME(6) NOT NULL COMMENT 'sla.responseDeadline',
    resolution_deadline  DATETIME(6) NOT NULL COMMENT 'sla.resolutionDeadline',
    first_response_at    DATETIME(6) NULL COMMENT 'first public desk comment',
    n_comments           INT UNSIGNED NOT NULL COMMENT 'last comment.seq',
    n_attachments        INT UNSIGNED NOT NULL COMMENT 'last attachment.seq',
    last_public_comment  INT UNSIGNED NOT NULL COMMENT 'comment.seq of the newest public comment; 0: none',
    hook_seq             INT UNSIGNED NOT NULL COMMENT 'last X-Webhook-Sequence given out',
    PRIMARY KEY (number),
    UNIQUE KEY ticket_id (id),
    UNIQUE KEY ticket_request (partner_id, request_key),
    KEY ticket_reference (channel_reference_id, partner_id, created_at, number),
    KEY ticket_status (status, number),
    KEY ticket_partner (partner_id, status, number),
    KEY ticket_assignee (assignee, status, number)
) ENGINE = InnoDB AUTO_INCREMENT = 1408 DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Tickets';

CREATE TABLE IF NOT EXISTS comment (
    ticket_number BIGINT UNSIGNED NOT NULL COMMENT 'ticket.number',
    seq           INT UNSIGNED NOT NULL COMMENT '1, 2, … per ticket: oldest first',
    id            VARCHAR(25) NOT NULL COMMENT 'cuid shown to partners',
    content       TEXT NOT NULL COMMENT 'as shown, with its [Via Omnichannel] prefix',
    author        VARCHAR(200) NOT NULL COMMENT 'as shown',
    created_at    DATETIME(6) NOT NULL COMMENT 'when it was written',
    from_support  BOOLEAN NOT NULL COMMENT 'System''s and the desk''s',
    internal      BOOLEAN NOT NULL COMMENT 'never shown to partners',
    PRIMARY KEY (ticket_number, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Comments on tickets; only ever added';

CREATE TABLE IF NOT EXISTS ticket_event (
    ticket_number BIGINT UNSIGNED NOT NULL COMMENT 'ticket.number',
    seq           BIGINT UNSIGNED NOT NULL COMMENT '1, 2, … per ticket: the ticket''s version after it',
    event_id      VARCHAR(25) NOT NULL COMMENT 'cuid made by the program, so that a repeated write finds itself',
    kind          VARCHAR(16) NOT NULL COMMENT 'OPEN, COMMENT, STATUS, ATTACHMENT, ASSIGN',
    actor         VARCHAR(255) NOT NULL COMMENT 'who: key:17, admin:root',
    detail        TEXT NULL COMMENT 'small JSON of what changed, without customer data',
    created_at    DATETIME(6) NOT NULL COMMENT 'when it happened',
    PRIMARY KEY (ticket_number, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'What happened to tickets; only ever added';

CREATE TABLE IF NOT EXISTS attachment (
    id          VARCHAR(25) NOT NULL COMMENT 'cuid shown to partners',
    ticket_id   VARCHAR(25) NOT NULL COMMENT 'ticket.id: known before the ticket''s number is',
    seq         INT UNSIGNED NOT NULL COMMENT '1, 2, … per ticket: oldest first',
    filename    VARCHAR(255) NOT NULL COMMENT 'last path component, without control characters',
    mime_type   VARCHAR(127) NOT NULL COMMENT 'as declared',
    description TEXT NULL COMMENT 'as sent, at most 1,000 characters',
    size        BIGINT UNSIGNED NOT NULL COMMENT '[bytes] as declared, else as decoded: what is shown',
    true_size   BIGINT UNSIGNED NOT NULL COMMENT '[bytes] as decoded',
    sha256      BINARY(32) NOT NULL COMMENT 'of the decoded bytes',
    created_at  DATETIME(6) NOT NULL COMMENT 'when it was uploaded',
    PRIMARY KEY (id),
    KEY attachment_ticket (ticket_id, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Files of tickets; only ever added';

CREATE TABLE IF NOT EXISTS attachment_chunk (
    attachment_id VARCHAR(25) NOT NULL COMMENT 'attachment.id',
    n             INT UNSIGNED NOT NULL COMMENT '0, 1, … in order',
    bytes         MEDIUMBLOB NOT NULL COMMENT 'at most 256 KiB',
    PRIMARY KEY (attachment_id, n)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Bytes of files, in rows small enough to stream';

CREATE TABLE IF NOT EXISTS idempotency (
    partner_id    INT UNSIGNED NOT NULL COMMENT 'partner.id of the calling key',
    ticket_number BIGINT UNSIGNED NOT NULL COMMENT 'ticket.number of the path',
    idem_key      VARBINARY(255) NOT NULL COMMENT 'Idempotency-Key of the PATCH',
    body_hash     BINARY(32) NOT NULL COMMENT 'SHA-256 of the compact request body',
    answer        MEDIUMBLOB NOT NULL COMMENT 'the first answer''s body',
    created_at    DATETIME(6) NOT NULL COMMENT 'when; rows older than idempotency_keep are deleted',
    PRIMARY KEY (partner_id, ticket_number, idem_key),
    KEY idempotency_created (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Answers to PATCH requests that carried an Idempotency-Key';

CREATE TABLE IF NOT EXISTS webhook_job (
    id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'row',
    webhook_id    VARCHAR(25) NOT NULL COMMENT 'cuid: the webhook-id header, the same at every attempt',
    partner_id    INT UNSIGNED NOT NULL COMMENT 'partner.id: whose secret signs it',
    receiver      BIGINT UNSIGNED NOT NULL COMMENT 'first 8 bytes of SHA-256(partner, origin)',
    ticket_number BIGINT UNSIGNED NOT NULL COMMENT 'ticket.number',
    seq           INT UNSIGNED NOT NULL COMMENT 'X-Webhook-Sequence: 1, 2, … per ticket',
    event         ENUM('TICKET_CREATED', 'STATUS_CHANGED', 'COMMENT_ADDED', 'TICKET_RESOLVED', 'TICKET_CLOSED') NOT NULL
                  COMMENT 'X-Webhook-Event',
    url           VARCHAR(2048) NOT NULL COMMENT 'target',
    body          MEDIUMBLOB NOT NULL COMMENT 'exact bytes of every attempt',
    attempts      INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'so far',
    next_due      DATETIME(6) NOT NULL COMMENT 'not before then, by the database''s clock; also the lease''s end',
    lease_token   BINARY(16) NULL COMMENT 'who is sending it; fences the outcome',
    created_at    DATETIME(6) NOT NULL COMMENT 'when the event happened',
    PRIMARY KEY (id),
    UNIQUE KEY webhook_job_webhook (webhook_id),
    KEY webhook_job_due (receiver, next_due),
    KEY webhook_job_ticket (ticket_number, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Events not yet delivered; delivered rows leave the table';

CREATE TABLE IF NOT EXISTS webhook_receiver (
    receiver       BIGINT UNSIGNED NOT NULL COMMENT 'first 8 bytes of SHA-256(partner, origin), as in webhook_job',
    partner_id     INT UNSIGNED NOT NULL COMMENT 'partner.id',
    origin         VARCHAR(300) NOT NULL COMMENT 'scheme, host and port of its targets',
    failures       INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'failed attempts in a row',
    next_probe     DATETIME(6) NULL COMMENT 'paused until then, by the database''s clock; NULL: not paused',
    disabled_at    DATETIME(6) NULL COMMENT 'switched off since; NULL: in use',
    last_success   DATETIME(6) NULL COMMENT 'last delivery',
    last_failure   DATETIME(6) NULL COMMENT 'last failed attempt',
    PRIMARY KEY (receiver),
    KEY webhook_receiver_partner (partner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'State of webhook targets: outlives the sender''s short life';

CREATE TABLE IF NOT EXISTS webhook_attempt (
    id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'row',
    webhook_id    VARCHAR(25) NOT NULL COMMENT 'webhook_job.webhook_id',
    partner_id    INT UNSIGNED NOT NULL COMMENT 'partner.id',
    receiver      BIGINT UNSIGNED NOT NULL COMMENT 'webhook_receiver.receiver',
    ticket_number BIGINT UNSIGNED NOT NULL COMMENT 'ticket.number',
    attempt       INT UNSIGNED NOT NULL COMMENT '1, 2, … per event',
    http_status   SMALLINT UNSIGNED NULL COMMENT 'of the answer; NULL: there was none',
    error         VARCHAR(200) NULL COMMENT 'why it failed, without answer bytes',
    duration_ms   INT UNSIGNED NOT NULL COMMENT '[ms] it took',
    created_at    DATETIME(6) NOT NULL COMMENT 'when it began',
    PRIMARY KEY (id),
    KEY webhook_attempt_webhook (webhook_id, attempt),
    KEY webhook_attempt_created (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'History of deliveries; may be pruned at any time';

CREATE TABLE IF NOT EXISTS webhook_dead (
    webhook_id    VARCHAR(25) NOT NULL COMMENT 'webhook_job.webhook_id',
    partner_id    INT UNSIGNED NOT NULL COMMENT 'partner.id',
    receiver      BIGINT UNSIGNED NOT NULL COMMENT 'webhook_receiver.receiver',
    ticket_number BIGINT UNSIGNED NOT NULL COMMENT 'ticket.number',
    seq           INT UNSIGNED NOT NULL COMMENT 'X-Webhook-Sequence',
    event         ENUM('TICKET_CREATED', 'STATUS_CHANGED', 'COMMENT_ADDED', 'TICKET_RESOLVED', 'TICKET_CLOSED') NOT NULL
                  COMMENT 'X-Webhook-Event',
    url           VARCHAR(2048) NOT NULL COMMENT 'target',
    body          MEDIUMBLOB NOT NULL COMMENT 'exact bytes',
    attempts      INT UNSIGNED NOT NULL COMMENT 'made in vain',
    reason        VARCHAR(200) NOT NULL COMMENT 'last failure',
    created_at    DATETIME(6) NOT NULL COMMENT 'when the event happened',
    died_at       DATETIME(6) NOT NULL COMMENT 'when it was given up',
    PRIMARY KEY (webhook_id),
    KEY webhook_dead_partner (partner_id, died_at),
    KEY webhook_dead_ticket (ticket_number, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin
  COMMENT = 'Events given up: kept, listed, replayable';
