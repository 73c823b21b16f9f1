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
  kind INTEGER NOT NULL,
  term TEXT NOT NULL CHECK (length(term) BETWEEN 1 AND 255),
  subject TEXT NOT NULL CHECK (length(subject) <= 128),
  account TEXT NOT NULL CHECK (length(account) <= 128),
  PRIMARY KEY (kind, term, subject)
) STRICT, WITHOUT ROWID
-- ;;
CREATE INDEX search_terms_account ON search_terms (account, kind, term, subject)
-- ;;
CREATE TABLE search_shapes (
  shape TEXT NOT NULL CHECK (length(shape) <= 64),
  word TEXT NOT NULL CHECK (length(word) <= 64),
  PRIMARY KEY (shape, word)
) STRICT, WITHOUT ROWID
-- ;;
CREATE TABLE search_rebuilds (
  collection TEXT NOT NULL,
  place TEXT NOT NULL,
  PRIMARY KEY (collection)
) STRICT, WITHOUT ROWID
-- ;;
INSERT INTO search_rebuilds (collection, place)
  VALUES ('accounts', ''), ('contacts', ''), ('assets', ''), ('cases', '')
-- ;;
CREATE INDEX cases_open ON cases (closed, account, name)
