//! Splits a whole number at random over portions with weights and limits.

use super::rng::Rng;

/// One part of a whole.
#[derive(Debug, Clone, Copy)]
pub struct Portion {
    /// How much it usually takes, compared with the others.
    pub weight: i64,
    /// It takes at least this.
    pub least: i64,
    /// It takes at most this.
    pub most: i64,
    /// Share it got.
    pub taken: i64,
}

/// Gives each portion its part of the whole.
///
/// The parts add up to the whole wherever the limits allow it; where they do
/// not, some parts keep to their limits and the sum is off, for the caller to see.
pub fn split(rng: &mut Rng, whole: i64, portions: &mut [Portion]) {
    let mut weights: i64 = portions.iter().map(|p| p.weight).sum();
    if weights == 0 {
        // Nobody is preferred, but someone has to take it.
        for portion in portions.iter_mut() {
            portion.weight = 1;
        }
        weights = i64::try_from(portions.len()).unwrap_or(i64::MAX);
    }
    let mut left = whole;
    let mut least_after: i64 = portions.iter().map(|p| p.least).sum();
    let mut most_after: i64 = portions.iter().map(|p| p.most.min(whole)).sum();
    for portion in portions {
        least_after -= portion.least;
        most_after -= portion.most.min(whole);
        let least = portion.least.max(left - most_after);
        let most = portion.most.min(left - least_after);
        portion.taken = rng.share(left, portion.weight, weights).max(least).min(most).max(0);
        left -= portion.taken;
        weights -= portion.weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_within_their_limits() {
        let mut rng = Rng::new(1);
        for whole in 0..200 {
            let free = Portion { weight: 10, least: 0, most: i64::MAX, taken: 0 };
            let mut portions = [Portion { most: 3, ..free }, free, Portion { weight: 0, ..free }, Portion { most: 5, ..free }];
            split(&mut rng, whole, &mut portions);
            assert_eq!(portions.iter().map(|p| p.taken).sum::<i64>(), whole);
            assert!(portions[0].taken <= 3 && portions[3].taken <= 5);
        }
    }

    #[test]
    fn a_fixed_part_stays() {
        let mut rng = Rng::new(2);
        let fixed = Portion { weight: 1, least: 4, most: 4, taken: 0 };
        let mut portions = [Portion { weight: 9, least: 0, most: 100, taken: 0 }, fixed];
        split(&mut rng, 10, &mut portions);
        assert_eq!([portions[0].taken, portions[1].taken], [6, 4]);
    }
}
