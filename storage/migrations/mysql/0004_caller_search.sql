-- oldest-binary: 4
-- By which terms callers are found: server/search/terms.h. Every term of a subject that is not deleted stands in
-- search_terms; its rows are written in the transaction that writes the subject. What an agent types is a range of
-- terms of a kind that begin alike. A name stands there once for each of its words, with that word first, so that two
-- words are a range as well. `kind` says of what the term is (storage/records/search_terms.h). `account` is the
-- subject's own: what a hit shows, and what callers who see one account are confined to.
--
-- search_shapes has the shapes of each distinct word of five letters or more (server/search/typing.h), so that a word
-- with one error is found by equal shapes. Words are not counted, since every writer of a common one would wait for
-- its row: one that nothing uses any more finds nothing and does no harm.
--
-- search_rebuilds says of which tables the rows are still to be given their terms, and how far that is: all that were
-- there before. cases_open finds an account's open cases however many are closed.
--
-- An older server is refused from here on, because nobody would find what it writes without terms.
CREATE TABLE search_terms (
  kind BIGINT NOT NULL,
  term VARBINARY(255) NOT NULL,
  subject VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (kind, term, subject)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE INDEX search_terms_account ON search_terms (account, kind, term, subject)
-- ;;
CREATE TABLE search_shapes (
  shape VARBINARY(64) NOT NULL,
  word VARBINARY(64) NOT NULL,
  PRIMARY KEY (shape, word)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE TABLE search_rebuilds (
  collection VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  place VARCHAR(512) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (collection)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
INSERT INTO search_rebuilds (collection, place)
  VALUES ('accounts', ''), ('contacts', ''), ('assets', ''), ('cases', '')
-- ;;
CREATE INDEX cases_open ON cases (closed, account, name)
