//! `SplitMix64`: a tiny random generator, so that a seed means the same bytes on
//! every machine and with every version of our dependencies.
//!
//! Only integers: floating point would make a seed depend on rounding.

/// A stream of pseudo-random numbers; not for secrets.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// One of many independent streams of a seed, so that parts can be made in any order.
    #[must_use]
    pub fn stream(seed: u64, stream: u64) -> Self {
        let mut rng = Self::new(seed ^ Self::new(stream).next_u64());
        rng.next_u64();
        rng
    }

    /// The stream of a seed under a name.
    #[must_use]
    pub fn named(seed: u64, name: &str) -> Self {
        Self::stream(seed, name.bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31) + u64::from(byte)))
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to, not including, `end`; 0 when there is none.
    pub const fn below(&mut self, end: i64) -> i64 {
        if end <= 1 { 0 } else { (self.next_u64() >> 1).cast_signed() % end }
    }

    /// A number from `first` to `last`, both possible.
    pub const fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below(last.saturating_sub(first).saturating_add(1))
    }

    /// `number × times ÷ per`, spread by up to a fifth either way; fractions are
    /// rounded up as often as they are large, so that small numbers keep their mean.
    pub const fn spread(&mut self, number: i64, times: i64, per: i64) -> i64 {
        let jitter = self.between(800, 1200);
        self.ratio(number, times.saturating_mul(jitter), per.saturating_mul(1000))
    }

    /// About `weight ÷ total` of `number`, never more than it.
    pub fn share(&mut self, number: i64, weight: i64, total: i64) -> i64 {
        let rest = total.saturating_sub(weight);
        match number {
            0 => 0,
            _ if weight <= 0 => 0,
            _ if rest <= 0 => number,
            // The smaller side is spread: a fifth of a large share would swallow, or multiply, the rest.
            _ if rest < weight => number - self.spread(number, rest, total).min(number),
            _ => self.spread(number, weight, total).min(number),
        }
    }

    const fn ratio(&mut self, number: i64, times: i64, per: i64) -> i64 {
        let per = if per < 1 { 1 } else { per };
        let product = number.saturating_mul(times);
        let up = self.below(per) < product % per;
        product / per + if up { 1 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut rng = Rng::new(1_234_567);
        assert_eq!([rng.next_u64(), rng.next_u64()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn shares_stay_within_and_keep_their_mean() {
        let mut rng = Rng::new(7);
        let total: i64 = (0..10_000).map(|_| rng.share(1, 3, 10)).sum();
        assert!((2_700..3_300).contains(&total), "{total}");
        assert!((0..1000).all(|_| (0..=5).contains(&rng.share(5, 9, 10))));
    }
}
