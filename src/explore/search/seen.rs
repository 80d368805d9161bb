//! What was seen already: short lists of numbers, one behind the other.

use std::hash::Hasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;

/// A set of lists of numbers.
#[derive(Default)]
pub(super) struct Seen {
    numbers: Vec<u32>,
    /// Where each list begins and ends.
    places: Vec<(usize, usize)>,
    table: HashTable<u32>,
}

impl Seen {
    /// Adds a list; whether it is new.
    pub(super) fn insert(&mut self, list: &[u32]) -> bool {
        let Self { numbers, places, table } = self;
        let at = |index: &u32| places.get(*index as usize).and_then(|(begin, end)| numbers.get(*begin..*end)).unwrap_or_default();
        match table.entry(hash(list), |index| at(index) == list, |index| hash(at(index))) {
            Entry::Occupied(_) => return false,
            Entry::Vacant(place) => place.insert(places.len() as u32),
        };
        let begin = numbers.len();
        numbers.extend_from_slice(list);
        places.push((begin, numbers.len()));
        true
    }

    /// Whether a list was added.
    pub(super) fn contains(&self, list: &[u32]) -> bool {
        let at = |index: &u32| self.places.get(*index as usize).and_then(|(begin, end)| self.numbers.get(*begin..*end));
        self.table.find(hash(list), |index| at(index) == Some(list)).is_some()
    }
}

fn hash(list: &[u32]) -> u64 {
    let mut hasher = FxHasher::default();
    list.iter().for_each(|number| hasher.write_u32(*number));
    hasher.finish()
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
}
