//! What was seen already: keys of states, one behind the other.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The first of the five bytes of a number that is not smaller than it.
const ESCAPE: u8 = u8::MAX;

/// What tells a state apart, as bytes in words: a small number is one byte, any other one five. No key is the beginning of another one
/// as long as the first numbers say how many follow.
#[derive(Default)]
pub(super) struct Key {
    words: Vec<u64>,
    /// Bytes of the word that is not full.
    word: u64,
    bits: u32,
    hash: u64,
}

impl Key {
    /// An empty key.
    pub(super) fn clear(&mut self) {
        self.words.clear();
        (self.word, self.bits, self.hash) = (0, 0, 0);
    }

    /// Adds a number.
    pub(super) fn push(&mut self, number: u32) {
        if number < u32::from(ESCAPE) {
            return self.byte(number as u8);
        }
        self.byte(ESCAPE);
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    fn byte(&mut self, byte: u8) {
        self.word |= u64::from(byte) << self.bits;
        self.bits += u8::BITS;
        if self.bits == u64::BITS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.words.push(self.word);
        // What was just written need not be read for its hash.
        self.hash = mix(self.hash ^ self.word);
        (self.word, self.bits) = (0, 0);
    }

    /// Ends the key.
    pub(super) fn finish(&mut self) {
        if self.bits > 0 {
            self.flush();
        }
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
        words.extend_from_slice(&key.words);
        true
    }

    /// Whether a key was added.
    pub(super) fn contains(&self, key: &Key) -> bool {
        let hash = key.half_hash();
        self.table.find(spread(hash), |known| known.0 == hash && is_at(&self.words, known.1, key)).is_some()
    }
}

fn is_at(words: &[u64], begin: u32, key: &Key) -> bool {
    let begin = begin as usize;
    words.get(begin..begin + key.words.len()) == Some(&key.words)
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
        numbers.iter().for_each(|number| key.push(*number));
        key.finish();
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
