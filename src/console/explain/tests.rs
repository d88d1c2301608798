//! Each kind of row has its words, and each of the words has a row.
