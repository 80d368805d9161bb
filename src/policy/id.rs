//! Identifiers without regard to case, and values with their place.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use crate::claims::Str;
use crate::source::Span;

/// A value and where it is written. For an attribute the span is that of the value between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The id of something, or a reference to it. Keeps its spelling; equality, order and hash ignore ASCII case (INH-4, OPEN-01).
///
/// ```
/// use b2c_journey::policy::{Id, IdRef};
///
/// let mut journeys = indexmap::IndexMap::new();
/// journeys.insert(Id::from("SignUpOrSignIn"), 1);
/// assert_eq!(journeys.get(&IdRef("signuporsignin")), Some(&1));
/// ```
#[derive(Clone)]
pub struct Id(Str);

/// An [`Id`] that is only borrowed, to look one up in a map.
#[derive(Clone, Copy, Debug)]
pub struct IdRef<'a>(pub &'a str);

impl Id {
    /// As written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// As written, as a cheap copy.
    pub fn to_str(&self) -> Str {
        self.0.clone()
    }

    /// Whether the two are spelled alike, case included.
    pub fn same_spelling(&self, other: &Id) -> bool {
        self.0 == other.0
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<Str> for Id {
    fn from(text: Str) -> Self {
        Self(text)
    }
}

impl From<&Id> for Str {
    fn from(id: &Id) -> Self {
        id.0.clone()
    }
}

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}

impl Eq for Id {}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.as_str().eq_ignore_ascii_case(other)
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        fn lower(text: &str) -> impl Iterator<Item = u8> {
            text.bytes().map(|byte| byte.to_ascii_lowercase())
        }
        lower(self).cmp(lower(other))
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        IdRef(self.as_str()).hash(state);
    }
}

impl Hash for IdRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Eight bytes at a time: cheap for hashers that mix word by word.
        let (words, rest) = self.0.as_bytes().as_chunks::<8>();
        for word in words {
            state.write_u64(u64::from_le_bytes(word.map(|byte| byte.to_ascii_lowercase())));
        }
        state.write_u64(rest.iter().fold(0, |word, byte| word << 8 | u64::from(byte.to_ascii_lowercase())));
        state.write_usize(self.0.len());
    }
}

impl indexmap::Equivalent<Id> for IdRef<'_> {
    fn equivalent(&self, id: &Id) -> bool {
        id.as_str().eq_ignore_ascii_case(self.0)
    }
}

/// Names of the schema that stand for a closed set of values.
pub(super) trait ClosedSet: Copy + 'static {
    /// Every name with its value, as the schema spells it.
    const ALL: &'static [(&'static str, Self)];
}

/// An enum whose variants are named as in the schema.
macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The name as the schema spells it.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => stringify!($variant),)+
                }
            }
        }

        impl crate::policy::id::ClosedSet for $name {
            const ALL: &'static [(&'static str, Self)] = &[$((stringify!($variant), $name::$variant),)+];
        }
    };
}
pub(super) use closed_set;
