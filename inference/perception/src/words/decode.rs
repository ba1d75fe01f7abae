//! Chooses tokens from a decoder's scores: the most probable token at each step, with the four rules that Moonshine
//! needs.
//!
//! 1. The model often ends at once on clear speech, and is sure of the end only where there is no speech. Where speech
//!    was detected and the model is not sure, the end is not allowed as the first token.
//! 2. The model leaves out um and uh where a sentence is otherwise fluent: their first tokens get a higher score.
//! 3. The model may repeat itself without end: a text that was repeated four times is kept once, and decoding stops.
//! 4. The number of tokens for a second of audio is limited.

use super::vocabulary::FillerTokens;

const START: u32 = 1;
const END: u32 = 2;
/// Seconds of detected speech from which the end is not allowed unless it is sure, and from which it is never allowed.
const SPEECH_S: f32 = 0.4;
const CLEAR_SPEECH_S: f32 = 4.0;
/// The probability from which the end is sure.
const SURE: f64 = 0.97;
/// The seconds of speech below which a text is dropped that has one token and exists only because the end was not
/// allowed.
const SHORT_S: f32 = 1.0;
/// The increase of the scores of tokens that begin a filler, and the number of tokens since the last filler from which
/// it applies.
const FILLER_BOOST: f32 = 4.0;
const FILLER_REST: usize = 4;
/// A run of at most this many tokens that is repeated this many times is a loop.
const LOOP_TOKENS: usize = 6;
const LOOP_TIMES: usize = 4;
/// The most tokens for a second of audio.
const TOKENS_PER_S: f32 = 6.5;

/// A decoder that gives one token after the other.
pub trait Steps {
    type Error;
    /// Runs the decoder on the previous token.
    ///
    /// # Errors
    /// The decoder fails.
    fn step(&mut self, token: u32) -> Result<(), Self::Error>;
    /// Returns the scores (logits) of the next token.
    fn scores(&self) -> &[f32];
}

/// The length of the audio, and how much of it is speech, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    pub audio_s: f32,
    pub speech_s: f32,
}

/// Why decoding ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The decoder chose the end.
    Said,
    /// The decoder began to repeat itself.
    Loop,
    /// The decoder reached the most tokens for the audio's length, or gave scores that are not numbers.
    Limit,
}

/// The decoded tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    pub tokens: Vec<u32>,
    /// The natural logarithm of each token's probability; one more than `tokens` where the end was chosen.
    pub logp: Vec<f32>,
    pub end: End,
}

/// Decodes one segment, whose audio `steps` was given. Every step answers in turn, the first one on the token of
/// beginning.
///
/// # Errors
/// The decoder fails.
pub fn decode<S: Steps>(steps: &mut S, heard: Heard, fillers: &FillerTokens) -> Result<Decoded, S::Error> {
    let limit = (heard.audio_s * TOKENS_PER_S) as usize + 2;
    let (mut tokens, mut logp): (Vec<u32>, Vec<f32>) = (Vec::new(), Vec::new());
    let (mut last, mut barred, mut end) = (START, false, End::Limit);
    while tokens.len() < limit {
        steps.step(last)?;
        let rested = tokens.iter().rev().take(FILLER_REST).all(|token| !fillers.any.contains(token));
        let boosted: &[u32] = if rested { &fillers.first } else { &[] };
        let mut choice = choose(steps.scores(), boosted, None);
        if tokens.is_empty() && choice.token == Some(END) && heard.speech_s >= SPEECH_S {
            barred = heard.speech_s >= CLEAR_SPEECH_S || choice.logp.exp() < SURE;
            if barred {
                choice = choose(steps.scores(), boosted, Some(END));
            }
        }
        let Some(token) = choice.token else { break };
        logp.push(choice.logp as f32);
        if token == END {
            end = End::Said;
            break;
        }
        tokens.push(token);
        last = token;
        if let Some(kept) = before_loop(&tokens) {
            tokens.truncate(kept);
            logp.truncate(kept);
            end = End::Loop;
            break;
        }
    }
    if barred && tokens.len() == 1 && heard.speech_s < SHORT_S {
        tokens.clear();
        logp.clear();
    }
    Ok(Decoded { tokens, logp, end })
}

struct Choice {
    /// `None` when no score is a number.
    token: Option<u32>,
    logp: f64,
}

/// Returns the most probable token and the logarithm of its probability, with the increased scores and without the
/// token that is not allowed.
fn choose(scores: &[f32], boosted: &[u32], barred: Option<u32>) -> Choice {
    let score = |id: usize| {
        let boost = if boosted.iter().any(|&b| b as usize == id) { FILLER_BOOST } else { 0.0 };
        f64::from(scores[id] + boost)
    };
    let allowed = |id: usize| barred.is_none_or(|b| b as usize != id);
    let mut best: Option<(usize, f32)> = None;
    let mut consider = |id: usize, score: f32| {
        if score.is_finite() && best.is_none_or(|(_, top)| score > top) {
            best = Some((id, score));
        }
    };
    for (id, &score) in scores.iter().enumerate().filter(|&(id, _)| allowed(id)) {
        consider(id, score);
    }
    for &id in boosted.iter().filter(|&&id| (id as usize) < scores.len()) {
        consider(id as usize, scores[id as usize] + FILLER_BOOST);
    }
    let Some((token, _)) = best else { return Choice { token: None, logp: 0.0 } };
    let top = score(token);
    let mut sum: f64 = scores.iter().filter(|s| s.is_finite()).map(|&s| (f64::from(s) - top).exp()).sum();
    for &id in boosted.iter().filter(|&&id| (id as usize) < scores.len() && scores[id as usize].is_finite()) {
        let plain = f64::from(scores[id as usize]);
        sum += (plain + f64::from(FILLER_BOOST) - top).exp() - (plain - top).exp();
    }
    if let Some(b) = barred.filter(|&b| (b as usize) < scores.len() && scores[b as usize].is_finite()) {
        sum -= (score(b as usize) - top).exp();
    }
    Choice { token: Some(token as u32), logp: -sum.max(1.0).ln() }
}

/// Where the end repeats a run of a few tokens: how many tokens remain when the run is kept once.
fn before_loop(tokens: &[u32]) -> Option<usize> {
    (1..=LOOP_TOKENS).find_map(|n| {
        let from = tokens.len().checked_sub(n * LOOP_TIMES)?;
        let run = &tokens[tokens.len() - n..];
        tokens[from..].chunks(n).all(|part| part == run).then_some(from + n)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores written down beforehand, one list per step: (token, score); all others are -20.
    struct Script(Vec<Vec<(u32, f32)>>, usize, Vec<f32>);

    impl Steps for Script {
        type Error = ();
        fn step(&mut self, _: u32) -> Result<(), ()> {
            self.2.fill(-20.0);
            for &(token, score) in &self.0[self.1.min(self.0.len() - 1)] {
                self.2[token as usize] = score;
            }
            self.1 += 1;
            Ok(())
        }
        fn scores(&self) -> &[f32] {
            &self.2
        }
    }

    const UM: u32 = 30;

    fn run(script: &[&[(u32, f32)]], audio_s: f32, speech_s: f32) -> Decoded {
        let fillers = FillerTokens { first: vec![UM], any: vec![UM] };
        let mut steps = Script(script.iter().map(|s| s.to_vec()).collect(), 0, vec![0.0; 40]);
        decode(&mut steps, Heard { audio_s, speech_s }, &fillers).expect("a script does not fail")
    }

    #[test]
    fn the_most_probable_token_is_taken_until_the_end_is_said() {
        let decoded = run(&[&[(5, 3.0)], &[(6, 3.0)], &[(END, 3.0)]], 3.0, 2.0);
        assert_eq!((decoded.tokens, decoded.end), (vec![5, 6], End::Said));
        assert!(decoded.logp.len() == 3 && decoded.logp.iter().all(|&p| (-0.01..=0.0).contains(&p)));
    }

    #[test]
    fn the_end_is_barred_at_the_beginning_where_there_is_speech_and_it_is_not_sure() {
        let unsure: &[(u32, f32)] = &[(END, 3.0), (5, 2.5)];
        let sure: &[(u32, f32)] = &[(END, 9.0), (5, 1.0)];
        let then: &[&[(u32, f32)]] = &[&[(6, 3.0)], &[(END, 3.0)]];
        let with = |first, speech_s| run(&[&[first], then].concat(), 6.0, speech_s).tokens;
        assert_eq!(with(unsure, 2.0), [5, 6]);
        assert!(with(unsure, 0.3).is_empty(), "no speech");
        assert!(with(sure, 2.0).is_empty(), "sure");
        assert_eq!(with(sure, 4.0), [5, 6], "so much speech is never empty");
    }

    #[test]
    fn a_single_token_from_a_barred_end_is_dropped_under_a_second_of_speech() {
        let script: &[&[(u32, f32)]] = &[&[(END, 3.0), (5, 2.5)], &[(END, 3.0)]];
        assert!(run(script, 2.0, 0.8).tokens.is_empty());
        assert_eq!(run(script, 2.0, 1.5).tokens, [5]);
    }

    #[test]
    fn a_filler_is_preferred_but_not_right_after_another() {
        let near: &[(u32, f32)] = &[(5, 3.0), (UM, 0.0)];
        let decoded = run(&[near, near, near, near, near, near, &[(END, 3.0)]], 10.0, 8.0);
        assert_eq!(
            decoded.tokens,
            [UM, 5, 5, 5, 5, UM][..].iter().copied().take(decoded.tokens.len()).collect::<Vec<_>>()
        );
        assert_eq!(decoded.tokens[0], UM);
        assert_eq!(
            run(&[&[(5, 9.0), (UM, 0.0)], &[(END, 3.0)]], 3.0, 2.0).tokens,
            [5],
            "where there is none, none is made"
        );
    }

    #[test]
    fn a_loop_is_kept_once_and_ends_decoding() {
        let decoded = run(&[&[(7, 3.0)], &[(5, 3.0)]], 10.0, 8.0);
        assert_eq!((decoded.tokens, decoded.end), (vec![7, 5], End::Loop));
        assert_eq!(before_loop(&[9, 1, 2, 1, 2, 1, 2, 1, 2]), Some(3));
        assert_eq!(before_loop(&[1, 2, 1, 2, 1, 2]), None);
    }

    #[test]
    fn so_much_text_for_so_much_audio_and_scores_that_are_no_numbers_end_it() {
        let endless: Vec<Vec<(u32, f32)>> = (0..100).map(|k| vec![(3 + k % 17, 3.0)]).collect();
        let endless: Vec<&[(u32, f32)]> = endless.iter().map(Vec::as_slice).collect();
        let decoded = run(&endless, 2.0, 2.0);
        assert_eq!((decoded.tokens.len(), decoded.end), (15, End::Limit));
        let all_nan: Vec<(u32, f32)> = (0..40).map(|token| (token, f32::NAN)).collect();
        let decoded = run(&[&all_nan], 2.0, 2.0);
        assert_eq!((decoded.tokens.len(), decoded.end), (0, End::Limit));
    }
}
