//! Text that a person typed or pasted. It may be a secret, whatever it was meant for: memory that is wiped, and no way to
//! print it by mistake.

use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

/// What was typed or pasted.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed(Zeroizing<String>);

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Deref for Typed {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(…)")
    }
}

impl PartialEq<str> for Typed {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}
