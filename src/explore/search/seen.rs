//! What was seen already: keys of states, one behind the other.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The first of the five bytes of a number that is not smaller than it.
const ESCAPE: u32 = 0xFF;

/// What tells a state apart, as bytes in words: a small number is one byte, any other one five. No key is the beginning of another one as
/// long as the first numbers say how many follow.
#[derive(Default)]
pub(super) struct Key {
    words: Vec<u64>,
    hash: u64,
}

impl Key {
    /// Makes it the key of these numbers.
    pub(super) fn set(&mut self, numbers: impl Iterator<Item = u32>) {
        self.words.clear();
        // In variables of its own: a word that was just written to memory is slow to read again.
        let (mut word, mut bits, mut hash) = (0, 0, 0);
        let mut add = |byte: u32| {
            word |= u64::from(byte) << bits;
            bits += u8::BITS;
            if bits == u64::BITS {
                self.words.push(word);
                hash = mix(hash ^ word);
                (word, bits) = (0, 0);
            }
        };
        for number in numbers {
            if number < ESCAPE {
                add(number);
            } else {
                add(ESCAPE);
                number.to_le_bytes().into_iter().for_each(|byte| add(byte.into()));
            }
        }
        if bits > 0 {
            self.words.push(word);
            hash = mix(hash ^ word);
        }
        self.hash = hash;
    }

    fn half_hash(&self) -> u32 {
        (self.hash >> 32) as u32
    }
}

/// A set of finished keys.
#[derive(Default)]
pub(super) struct Seen {
    words: Vec<u64>,
    /// Half of the hash of each key, and where it begins: keys are compared only where the hashes agree, and never read to make room.
    table: HashTable<(u32, u32)>,
}

impl Seen {
    /// Adds a key; whether it is new.
    pub(super) fn insert(&mut self, key: &Key) -> bool {
        let hash = key.half_hash();
        let Self { words, table } = self;
        match table.entry(spread(hash), |known| known.0 == hash && is_at(words, known.1, key), |known| spread(known.0)) {
            Entry::Occupied(_) => return false,
            Entry::Vacant(place) => place.insert((hash, words.len() as u32)),
        };
        key.words.iter().for_each(|word| words.push(*word));
        true
    }

    /// Whether a key was added.
    pub(super) fn contains(&self, key: &Key) -> bool {
        let hash = key.half_hash();
        self.table.find(spread(hash), |known| known.0 == hash && is_at(&self.words, known.1, key)).is_some()
    }
}

fn is_at(words: &[u64], begin: u32, key: &Key) -> bool {
    // Word by word, as they were written.
    words
        .get(begin as usize..)
        .is_some_and(|words| words.len() >= key.words.len() && words.iter().zip(&key.words).all(|(one, other)| one == other))
}

/// An odd number without pattern (the golden ratio).
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// The high half of a product depends on every bit of the factors; it is folded into the low one for the next round.
fn mix(number: u64) -> u64 {
    let product = u128::from(number ^ MULTIPLIER.rotate_left(32)) * u128::from(MULTIPLIER);
    (product >> 64) as u64 ^ product as u64
}

/// The table looks at the low bits and at the highest ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(MULTIPLIER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(numbers: &[u32]) -> Key {
        let mut key = Key::default();
        key.set(numbers.iter().copied());
        key
    }

    #[test]
    fn each_key_is_new_once() {
        let mut seen = Seen::default();
        let values = [0, 1, 254, 255, 256, 65_535, u32::MAX];
        let lists = (0..7_u32.pow(4)).map(|number| {
            let mut list = vec![3];
            list.extend((0..4).map(|place| values[(number / 7_u32.pow(place) % 7) as usize]));
            list
        });
        let lists: Vec<Vec<u32>> = lists.collect();
        for list in &lists {
            assert!(!seen.contains(&key(list)), "{list:?}");
            assert!(seen.insert(&key(list)), "{list:?}");
        }
        assert!(lists.iter().all(|list| seen.contains(&key(list)) && !seen.insert(&key(list))));
    }

    #[test]
    fn keys_that_differ_little_have_other_hashes() {
        let lists = (0..1_u32 << 16).map(|bits| (0..16).map(|place| bits >> place & 1).collect::<Vec<u32>>());
        let hashes: std::collections::BTreeSet<u32> = lists.map(|list| key(&list).half_hash()).collect();
        assert!(hashes.len() > (1 << 16) - 4, "{}", hashes.len());
    }
}
