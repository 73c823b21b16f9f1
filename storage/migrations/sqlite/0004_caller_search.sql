-- oldest-binary: 4
-- By which terms callers are found: server/search/terms.h. Every term of a subject that is not deleted stands in
-- search_terms; its rows are written in the transaction that writes the subject. What an agent types is a range of
-- terms that begin alike, and several words of it are ranges that meet in a subject. `account` is the subject's own:
-- what a hit shows, and what callers who see one account are confined to. `kind` says what the term was (a word, a
-- number, an address, a telephone number), for the rank.
--
-- search_shapes has the shapes of each distinct word of five letters or more (server/search/typing.h), so that a word
-- with one error is found by equal shapes. Words are not counted, since every writer of a common one would wait for
-- its row: one that nothing uses any more finds nothing and does no harm.
--
-- An older server is refused from here on, because nobody would find what it writes without terms.
CREATE TABLE search_terms (
  term TEXT NOT NULL CHECK (length(term) BETWEEN 1 AND 64),
  subject TEXT NOT NULL CHECK (length(subject) <= 128),
  kind INTEGER NOT NULL,
  account TEXT NOT NULL CHECK (length(account) <= 128),
  PRIMARY KEY (term, subject, kind)
) STRICT, WITHOUT ROWID
-- ;;
CREATE INDEX search_terms_subject ON search_terms (subject, term, kind)
-- ;;
CREATE TABLE search_shapes (
  shape TEXT NOT NULL CHECK (length(shape) <= 64),
  word TEXT NOT NULL CHECK (length(word) <= 64),
  PRIMARY KEY (shape, word)
) STRICT, WITHOUT ROWID
