//! What was seen already: short lists of numbers, one behind the other.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// A set of lists of numbers.
#[derive(Default)]
pub(super) struct Seen {
    numbers: Vec<u32>,
    /// Where each list ends.
    ends: Vec<usize>,
    /// Half of the hash of each list, and which it is: lists are compared only where the hashes agree, and never read to make room.
    table: HashTable<(u32, u32)>,
}

impl Seen {
    /// Adds a list; whether it is new.
    pub(super) fn insert(&mut self, list: &[u32]) -> bool {
        let hash = hash(list);
        let Self { numbers, ends, table } = self;
        match table.entry(spread(hash), |known| known.0 == hash && at(numbers, ends, known.1) == list, |known| spread(known.0)) {
            Entry::Occupied(_) => return false,
            Entry::Vacant(place) => place.insert((hash, ends.len() as u32)),
        };
        numbers.extend_from_slice(list);
        ends.push(numbers.len());
        true
    }

    /// Whether a list was added.
    pub(super) fn contains(&self, list: &[u32]) -> bool {
        let hash = hash(list);
        self.table.find(spread(hash), |known| known.0 == hash && at(&self.numbers, &self.ends, known.1) == list).is_some()
    }
}

fn at<'n>(numbers: &'n [u32], ends: &[usize], index: u32) -> &'n [u32] {
    let index = index as usize;
    let begin = index.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(index).and_then(|end| numbers.get(begin..*end)).unwrap_or_default()
}

/// An odd number without pattern (the golden ratio).
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

fn hash(list: &[u32]) -> u32 {
    let (pairs, rest) = list.as_chunks::<2>();
    let mut hash = list.len() as u64;
    for [low, high] in pairs {
        hash = mix(hash ^ (u64::from(*low) | u64::from(*high) << 32));
    }
    for number in rest {
        hash = mix(hash ^ u64::from(*number));
    }
    (hash >> 32) as u32
}

/// The high half of a product depends on every bit of the factors; it is folded into the low one for the next round.
fn mix(number: u64) -> u64 {
    let product = u128::from(number) * u128::from(MULTIPLIER);
    (product >> 64) as u64 ^ product as u64
}

/// The table looks at the low bits and at the highest ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(MULTIPLIER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_is_new_once() {
        let mut seen = Seen::default();
        let lists: Vec<Vec<u32>> = (0..500).map(|number| (0..number % 7).map(|place| number / 7 + place).collect()).collect();
        let mut known: Vec<&[u32]> = Vec::new();
        for list in &lists {
            assert_eq!(seen.contains(list), known.contains(&list.as_slice()));
            assert_eq!(seen.insert(list), !known.contains(&list.as_slice()), "{list:?}");
            known.push(list);
        }
        assert!(lists.iter().all(|list| seen.contains(list) && !seen.insert(list)));
    }

    #[test]
    fn lists_that_differ_little_have_other_hashes() {
        let lists = (0..1_u32 << 16).map(|bits| (0..16).map(|place| bits >> place & 1).collect::<Vec<u32>>());
        let hashes: std::collections::BTreeSet<u32> = lists.map(|list| hash(&list)).collect();
        assert!(hashes.len() > (1 << 16) - 4, "{}", hashes.len());
    }
}
