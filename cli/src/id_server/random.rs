//! Session numbers, request ids and the choice of symbols: from the system, or repeatable from a seed.

/// A source of 64-bit numbers.
#[derive(Debug)]
pub(crate) enum Random {
    /// The operating system's generator.
    System,
    /// SplitMix64. The conformance runner compares requests byte by byte, and these carry the numbers given here.
    Seeded(u64),
}

impl Random {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Self::System, Self::Seeded)
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        match self {
            // The emulator has no use for a machine without entropy: it would hand out one session number for all.
            Self::System => getrandom::u64().expect("the operating system gives random numbers"),
            Self::Seeded(state) => {
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                z ^ (z >> 31)
            }
        }
    }

    /// The same bits as a signed number: half of them are negative.
    pub(crate) fn next_i64(&mut self) -> i64 {
        i64::from_ne_bytes(self.next_u64().to_ne_bytes())
    }

    /// A number below `end`. The bias of the remainder is far below what a choice of symbols could show.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next_u64() % end).unwrap_or(0)
    }

    pub(crate) fn bytes32(&mut self) -> [u8; 32] {
        let mut out = [0; 32];
        for part in out.chunks_exact_mut(8) {
            part.copy_from_slice(&self.next_u64().to_be_bytes());
        }
        out
    }

    /// Puts the items in random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (2..=items.len()).rev() {
            items.swap(end - 1, self.below(end));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        let mut a = Random::new(Some(7));
        let mut b = Random::new(Some(7));
        assert_eq!(a.bytes32(), b.bytes32());
        assert_ne!(a.next_u64(), Random::new(Some(8)).next_u64());
        assert_ne!(Random::new(None).bytes32(), Random::new(None).bytes32());
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..50).collect();
        Random::new(Some(1)).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
