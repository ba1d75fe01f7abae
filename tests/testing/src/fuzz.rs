//! Fuzzing on stable Rust: whole inputs, damaged inputs and random bytes, the same ones at each run.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestRng, TestRunner};
use std::path::Path;
use std::time::{Duration, Instant};

/// Inputs of each target when the tests run.
const INPUTS: u32 = 300;
/// Inputs of each target in a long run at most.
const MOST: u64 = 10_000_000;
/// Inputs between two looks at the clock in a long run.
const ROUND: u32 = 2_000;
/// Most random bytes, and most bytes that one change inserts.
const LONGEST: usize = 400;

/// Calls `target` with inputs that nobody would send on purpose. It must not panic, and the input that makes it panic is made as small
/// as possible and printed.
///
/// Inputs are the `seeds` and the files of `tests/testing/corpus/NAME`, which are valid ones or broke a reader once, with up to eight changes each (bits turned, bytes replaced by the ends of their
/// range, pieces removed, repeated, inserted or taken from another seed, the end cut off), and now and then random bytes.
///
/// Tests run 300 inputs. With `SOAK_FUZZ_S` in the environment each target runs so many seconds or ten million inputs, with
/// other inputs in each round, and prints how many there were.
///
/// # Panics
/// The target panics.
pub fn fuzz(name: &str, mut seeds: Vec<Vec<u8>>, target: impl Fn(&[u8])) {
    seeds.extend(corpus(name));
    for seed in &seeds {
        target(seed);
    }
    let inputs = inputs(seeds);
    let Some(seconds) = std::env::var("SOAK_FUZZ_S").ok().and_then(|text| text.parse().ok()) else {
        return run(INPUTS, 0, &inputs, &target);
    };
    let (began, mut done) = (Instant::now(), 0);
    while done < MOST && began.elapsed() < Duration::from_secs(seconds) {
        run(ROUND, done, &inputs, &target);
        done += u64::from(ROUND);
    }
    println!("{name}: {done} inputs in {:.0} s, none makes it panic", began.elapsed().as_secs_f64());
}

/// Returns the files that belong to this target, in the order of their names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name.replace(' ', "-"));
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))).collect()
}

fn run(cases: u32, round: u64, inputs: &BoxedStrategy<Vec<u8>>, target: &impl Fn(&[u8])) {
    let persistence: Option<Box<FileFailurePersistence>> = None;
    let config = Config { cases, failure_persistence: persistence.map(|it| it as _), ..Config::default() };
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&round.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let ran = runner.run(inputs, |input| {
        target(&input);
        Ok(())
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
}

/// One change of an input. Places are parts of its length.
#[derive(Debug, Clone)]
enum Change {
    Turn(prop::sample::Index, u8),
    Replace(prop::sample::Index, u8),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    /// A piece of this seed.
    Splice(prop::sample::Index, prop::sample::Index, prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        4 => (place(), 0..8u8).prop_map(|(at, bit)| Change::Turn(at, bit)),
        4 => (place(), prop::sample::select(&[0, 1, 0x7f, 0x80, 0xff, b'0', b'9', b' ', b'\n'][..]))
            .prop_map(|(at, byte)| Change::Replace(at, byte)),
        2 => (place(), 1..64usize).prop_map(|(at, length)| Change::Remove(at, length)),
        2 => (place(), 1..200usize).prop_map(|(at, length)| Change::Repeat(at, length)),
        2 => (place(), vec(any::<u8>(), 1..LONGEST)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        2 => (place(), place(), place(), 1..400usize).prop_map(|(at, seed, from, n)| Change::Splice(at, seed, from, n)),
        1 => place().prop_map(Change::Cut),
    ]
}

fn inputs(seeds: Vec<Vec<u8>>) -> BoxedStrategy<Vec<u8>> {
    let random = vec(any::<u8>(), 0..LONGEST);
    if seeds.is_empty() {
        return random.boxed();
    }
    let damaged = (any::<prop::sample::Index>(), vec(change(), 1..=8)).prop_map(move |(seed, changes)| {
        let mut input = seed.get(&seeds).clone();
        for change in changes {
            apply(&mut input, change, &seeds);
        }
        input
    });
    prop_oneof![15 => damaged, 1 => random].boxed()
}

fn apply(input: &mut Vec<u8>, change: Change, seeds: &[Vec<u8>]) {
    // Also the place behind the last byte.
    let place = |at: prop::sample::Index, length: usize| at.index(length + 1);
    let length = input.len();
    match change {
        Change::Turn(at, bit) => {
            if let Some(byte) = input.get_mut(place(at, length)) {
                *byte ^= 1 << bit;
            }
        }
        Change::Replace(at, new) => {
            if let Some(byte) = input.get_mut(place(at, length)) {
                *byte = new;
            }
        }
        Change::Remove(at, n) => {
            let at = place(at, length);
            input.drain(at..(at + n).min(length));
        }
        Change::Repeat(at, n) => {
            let at = place(at, length);
            let piece = input[at..(at + n).min(length)].to_vec();
            input.splice(at..at, piece);
        }
        Change::Insert(at, bytes) => {
            let at = place(at, length);
            input.splice(at..at, bytes);
        }
        Change::Splice(at, seed, from, n) => {
            let (at, seed) = (place(at, length), seed.get(seeds));
            let from = place(from, seed.len());
            let piece = seed[from..(from + n).min(seed.len())].to_vec();
            input.splice(at..at, piece);
        }
        Change::Cut(at) => input.truncate(place(at, length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn seeds_come_as_they_are_and_most_inputs_are_like_them() {
        let seen = RefCell::new(Vec::new());
        fuzz("seeds", vec![vec![b'a'; 100], Vec::new()], |input| seen.borrow_mut().push(input.to_vec()));
        let seen = seen.into_inner();
        assert_eq!(seen[..2], [vec![b'a'; 100], Vec::new()]);
        assert_eq!(seen.len(), 2 + INPUTS as usize);
        let like = seen.iter().filter(|input| input.windows(20).any(|piece| piece == [b'a'; 20])).count();
        assert!(like > 60, "{like} of {}", seen.len());
        assert!(seen.iter().any(|input| input.len() > 100) && seen.iter().any(|input| input.len() < 100));
    }

    #[test]
    fn files_of_a_target_are_seeds_of_it() {
        let first = RefCell::new(Vec::new());
        fuzz("TFLite networks", Vec::new(), |input| {
            first.borrow_mut().push(input.get(4..8) == Some(b"TFL3".as_slice()));
        });
        assert!(first.into_inner()[0]);
    }

    #[test]
    fn an_input_that_makes_the_target_panic_is_found_and_printed() {
        let found = catch_unwind(AssertUnwindSafe(|| {
            fuzz("panics", vec![b"length=1;".to_vec()], |input| assert!(!input.contains(&0xff)));
        }));
        let message = *found.unwrap_err().downcast::<String>().unwrap();
        assert!(message.contains("255"), "{message}");
    }
}
