-- The hub's certificates as plain relational tables, for the peers: schema peer, made anew from the hub's tables in the same database.
--
--     psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -q -f benches/peers/tables.sql
--
-- One transaction; nothing of psql's own, so that any client can run it whole. The hub's tables are read, never changed.
-- Current versions only (those in certificate_index). Left out: the photograph and the key-value list of the officer's certificate, and
-- the signatures, which no workload reads.
BEGIN;
SET LOCAL client_min_messages = warning;

DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;

CREATE TABLE peer.authority (
    code     text NOT NULL,
    name     text NOT NULL,
    level    text,
    division text,
    parent   text
);

-- What an employer holds: the three types that relation employerCertificates reaches, by the columns they have in common.
CREATE TABLE peer.employer_certificate (
    id              uuid    NOT NULL,
    type_name       text    NOT NULL,
    identifier      text    NOT NULL,
    name            text    NOT NULL,
    number          text    NOT NULL,
    version         integer NOT NULL,
    credit_code     text    NOT NULL,
    enterprise_name text    NOT NULL,
    issuer_code     text    NOT NULL,
    issued_on       date    NOT NULL,
    valid_from      date,
    valid_to        date,
    event_status    text    NOT NULL
);

CREATE TABLE peer.safety_officer_certificate (
    id                      uuid    NOT NULL,
    identifier              text    NOT NULL,
    number                  text    NOT NULL,
    version                 integer NOT NULL,
    issuer_code             text    NOT NULL,
    issued_on               date    NOT NULL,
    valid_from              date,
    valid_to                date,
    event_status            text    NOT NULL,
    person_name             text    NOT NULL,
    sex                     text,
    birth_date              date,
    identity_card           text    NOT NULL,
    identity_card_type      text    NOT NULL,
    category_code           text    NOT NULL,
    employer_name           text,
    employer_credit_code    text    NOT NULL,
    duty                    text,
    technical_title         text,
    education_degree        text,
    major                   text,
    first_issued_on         date,
    province_code           text,
    transferred_from_number text
);

INSERT INTO peer.authority SELECT code, name, level, division, parent FROM authority;

-- A collected certificate's issuer need not be registered: then its statement names it, as the hub's answer does.
INSERT INTO peer.authority (code, name)
SELECT DISTINCT ON (v.issuer) v.issuer, convert_from(v.statement, 'UTF8')::jsonb -> 'issuer' ->> 'name'
FROM certificate_version v
WHERE v.type_name IN ('SafetyOfficerCertificate', 'ConstructionEnterpriseQualification', 'SafetyProductionLicence', 'BusinessLicence')
  AND NOT EXISTS (SELECT FROM peer.authority a WHERE a.code = v.issuer);

-- Current versions; data from the signed statement.
INSERT INTO peer.employer_certificate
SELECT v.id, v.type_name, v.identifier, s ->> 'typeName', v.number, v.version,
       s #>> '{data,creditCode}', s #>> '{data,enterpriseName}', v.issuer,
       (s ->> 'issuedOn')::date, (s ->> 'validFrom')::date, (s ->> 'validTo')::date, v.event_status
FROM certificate_index i
JOIN certificate_version v ON v.id = i.id
CROSS JOIN LATERAL (SELECT convert_from(v.statement, 'UTF8')::jsonb AS s) parsed
WHERE i.type_name IN ('ConstructionEnterpriseQualification', 'SafetyProductionLicence', 'BusinessLicence')
ORDER BY v.id;

INSERT INTO peer.safety_officer_certificate
SELECT v.id, v.identifier, v.number, v.version, v.issuer,
       (s ->> 'issuedOn')::date, (s ->> 'validFrom')::date, (s ->> 'validTo')::date, v.event_status,
       d ->> 'personName', d ->> 'sex', (d ->> 'birthDate')::date, d ->> 'identityCard', d ->> 'identityCardType', d ->> 'categoryCode',
       d ->> 'employerName', d ->> 'employerCreditCode', d ->> 'duty', d ->> 'technicalTitle', d ->> 'educationDegree', d ->> 'major',
       (d ->> 'firstIssuedOn')::date, d ->> 'provinceCode', d ->> 'transferredFromNumber'
FROM certificate_index i
JOIN certificate_version v ON v.id = i.id
CROSS JOIN LATERAL (SELECT convert_from(v.statement, 'UTF8')::jsonb AS s) parsed
CROSS JOIN LATERAL (SELECT s -> 'data' AS d) own
WHERE i.type_name = 'SafetyOfficerCertificate'
ORDER BY v.id;

ALTER TABLE peer.authority ADD PRIMARY KEY (code);
ALTER TABLE peer.employer_certificate
    ADD PRIMARY KEY (id),
    ADD FOREIGN KEY (issuer_code) REFERENCES peer.authority (code);
ALTER TABLE peer.safety_officer_certificate
    ADD PRIMARY KEY (id),
    ADD UNIQUE (identifier),
    ADD FOREIGN KEY (issuer_code) REFERENCES peer.authority (code);
CREATE INDEX ON peer.employer_certificate (credit_code, id);
CREATE INDEX ON peer.safety_officer_certificate (number);
-- W2: what one person holds; W3: a page of one category in the order of ids.
CREATE INDEX ON peer.safety_officer_certificate (identity_card, id);
CREATE INDEX ON peer.safety_officer_certificate (category_code, id);
CREATE INDEX ON peer.safety_officer_certificate (employer_credit_code, id);

ANALYZE peer.authority;
ANALYZE peer.employer_certificate;
ANALYZE peer.safety_officer_certificate;

COMMIT;
