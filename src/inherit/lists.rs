//! How two lists, or two parts that may be missing, become one.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::policy::{MergeBehavior, Spanned};

/// Up to here comparing each with each is quicker than hashing.
const FEW: usize = 8;

/// The child's entries, then the parent's whose key the child does not restate (TP-M4, TP-M5).
pub(super) fn overlay<T: Clone, K: Hash + Eq>(child: &[T], parent: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut merged = child.to_vec();
    if child.is_empty() || parent.is_empty() {
        merged.extend_from_slice(parent);
        return merged;
    }
    let restated: FxHashSet<K> = child.iter().map(&key).collect();
    merged.extend(parent.iter().filter(|item| !restated.contains(&key(item))).cloned());
    merged
}

/// The child's entries, then the parent's, all of them (TP-M6, TP-M7).
pub(super) fn concatenate<T: Clone>(child: &[T], parent: &[T]) -> Vec<T> {
    let mut merged = child.to_vec();
    merged.extend_from_slice(parent);
    merged
}

/// Lists with a MergeBehavior, whose default is ReplaceAll (claimsschema). An entry that the child restates is the child's.
pub(super) fn by_behavior<T: Clone, K: Hash + Eq>(
    behavior: &Option<Spanned<MergeBehavior>>,
    child: &[T],
    parent: &[T],
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    match behavior.map(|behavior| behavior.value) {
        None | Some(MergeBehavior::ReplaceAll) => child.to_vec(),
        Some(MergeBehavior::Prepend) => overlay(child, parent, key),
        Some(MergeBehavior::Append) => {
            let restated: FxHashSet<K> = child.iter().map(&key).collect();
            parent.iter().filter(|item| !restated.contains(&key(item))).chain(child).cloned().collect()
        }
    }
}

/// The positions of each entry whose key occurred before, with the position where it occurred first.
pub(super) fn repeated<T, K: Hash + Eq>(items: &[T], key: impl Fn(&T) -> K) -> Vec<(usize, usize)> {
    let mut again = Vec::new();
    if items.len() <= FEW {
        for (index, item) in items.iter().enumerate().skip(1) {
            if let Some(first) = items.iter().take(index).position(|before| key(before) == key(item)) {
                again.push((first, index));
            }
        }
        return again;
    }
    let mut seen = FxHashMap::default();
    for (index, item) in items.iter().enumerate() {
        let first = *seen.entry(key(item)).or_insert(index);
        if first != index {
            again.push((first, index));
        }
    }
    again
}

/// Both laid over each other, or the one that there is.
pub(super) fn either<T: Clone>(child: &Option<T>, parent: &Option<T>, lay: impl Fn(&T, &T) -> T) -> Option<T> {
    match (child, parent) {
        (Some(child), Some(parent)) => Some(lay(child, parent)),
        (child, parent) => child.clone().or_else(|| parent.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, repeated};

    #[test]
    fn entries_that_occur_again_are_found_in_short_and_in_long_lists() {
        for length in [FEW - 2, FEW * 3] {
            let mut items: Vec<usize> = (0..length).collect();
            assert_eq!(repeated(&items, |item| *item), []);
            items.push(1);
            items.push(0);
            items.push(1);
            let again = [(1, length), (0, length + 1), (1, length + 2)];
            assert_eq!(repeated(&items, |item| *item), again);
        }
    }
}
