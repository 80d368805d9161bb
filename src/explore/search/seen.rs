//! What was seen already: keys of states, one behind the other.

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

/// A set of keys.
///
/// The table has a place for each value of the first bits of a hash, and what finds its place taken goes to the next one that is free: one look
/// into memory finds a key as a rule, and a table of twice the size is filled from the beginning to the end.
pub(super) struct Seen {
    words: Vec<u64>,
    /// Half of the hash of each key, and where its words begin: keys are compared only where the hashes agree.
    table: Vec<(u32, u32)>,
    /// So many bits of a hash say the place.
    bits: u32,
    count: usize,
}

/// No key begins here.
const FREE: u32 = u32::MAX;

impl Default for Seen {
    fn default() -> Self {
        let bits = 6;
        Self { words: Vec::new(), table: vec![(0, FREE); 1 << bits], bits, count: 0 }
    }
}

impl Seen {
    /// Adds a key; whether it is new.
    pub(super) fn insert(&mut self, key: &Key) -> bool {
        // Half of the places stay free, so that the way to a free one is short.
        if self.count * 2 >= self.table.len() {
            self.grow();
        }
        let hash = key.half_hash();
        let Ok(place) = self.find(hash, key) else { return false };
        if let Some(place) = self.table.get_mut(place) {
            *place = (hash, self.words.len() as u32);
        }
        self.count += 1;
        key.words.iter().for_each(|word| self.words.push(*word));
        true
    }

    /// Whether a key was added.
    pub(super) fn contains(&self, key: &Key) -> bool {
        self.find(key.half_hash(), key).is_err()
    }

    /// Says that a key will be looked for soon: its place comes from memory while others are looked for.
    pub(super) fn expect(&self, key: &Key) {
        std::hint::black_box(self.table.get(self.place(key.half_hash())).copied());
    }

    fn place(&self, hash: u32) -> usize {
        (hash >> (u32::BITS - self.bits)) as usize
    }

    /// Where a key can be put; an error when it is there.
    fn find(&self, hash: u32, key: &Key) -> Result<usize, ()> {
        let mut place = self.place(hash);
        loop {
            match self.table.get(place) {
                Some((_, FREE)) => return Ok(place),
                Some((known, begin)) if *known == hash && is_at(&self.words, *begin, key) => return Err(()),
                Some(_) => place += 1,
                None => place = 0,
            }
        }
    }

    fn grow(&mut self) {
        self.bits += 1;
        let old = std::mem::replace(&mut self.table, vec![(0, FREE); 1 << self.bits]);
        for entry in old.into_iter().filter(|(_, begin)| *begin != FREE) {
            let mut place = self.place(entry.0);
            // Half of the places are free.
            while self.table.get(place).is_none_or(|(_, begin)| *begin != FREE) {
                place = if place < self.table.len() { place + 1 } else { 0 };
            }
            if let Some(place) = self.table.get_mut(place) {
                *place = entry;
            }
        }
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
