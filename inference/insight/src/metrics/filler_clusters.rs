//! Clusters of fillers: three or more within ten seconds, a moment of strain. A single um is none.

use super::{Measure, Metric};
use crate::said::WINDOW;
use crate::scene::Scene;
use crate::stats::ratio;
use coach_core::Span;
use coach_core::journal::Word;

/// So many fillers that begin within so long are a cluster.
pub const LEAST: usize = 3;
pub const WITHIN_MS: i64 = 10_000;

pub const METRIC: Metric = Metric {
    id: "filler_clusters",
    name: "Clusters of fillers",
    unit: "/10 min",
    window: WINDOW,
    baseline: "none",
    source: "Three or more of um, uh and er within ten seconds, each counted once. A convention; what is known is that fillers gather where \
             planning is hard. Shown, and hinted while you speak.",
    of_words: true,
    measure,
    ..Metric::SHOWN
};

/// Returns the stretches of clusters among words in order of time, and how many fillers each holds. None overlaps another.
pub fn clusters<'w>(words: impl Iterator<Item = &'w Word>) -> Vec<(Span, usize)> {
    let fillers: Vec<Span> = words.filter(|w| w.filler).map(|w| Span::new(w.start, w.end.max(w.start))).collect();
    let mut found = Vec::new();
    let mut first = 0;
    while first < fillers.len() {
        let until = fillers[first].start + WITHIN_MS;
        let n = fillers[first..].iter().take_while(|span| span.start < until).count();
        if n >= LEAST {
            found.push((Span::new(fillers[first].start, fillers[first + n - 1].end), n));
            first += n;
        } else {
            first += 1;
        }
    }
    found
}

fn measure(scene: &Scene) -> Measure {
    scene.worded(|said| ratio(clusters(said.words()).len() as f64, scene.totals.talk_s / 600.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::MediaTime;

    fn fillers(at_s: &[i64]) -> Vec<Word> {
        let word = |&s: &i64| Word {
            text: "um".into(),
            start: MediaTime(s * 1000),
            end: MediaTime(s * 1000 + 300),
            filler: true,
            logp: 0.0,
        };
        at_s.iter().map(word).collect()
    }

    #[test]
    fn three_fillers_within_ten_seconds_are_a_cluster_and_two_or_far_ones_are_not() {
        let found = |at_s: &[i64]| clusters(fillers(at_s).iter()).iter().map(|c| c.1).collect::<Vec<_>>();
        assert_eq!(found(&[1, 4, 9]), [3]);
        assert_eq!(found(&[1, 4]), [] as [usize; 0]);
        assert_eq!(found(&[1, 6, 12]), [] as [usize; 0]);
        assert_eq!(found(&[1, 14, 15, 16, 17, 40, 41, 42]), [4, 3]);
    }
}
