//! Reports what a test cannot check because its machine lacks something.

use std::fmt::Display;
use std::fs::File;
use std::io::Write;

/// What a test may need and a machine may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The reference data, `$COACH_SHARED` or ../shared.
    Reference,
    /// Model files and ONNX Runtime: `make setup`, and for the full face model its publisher or a mirror.
    Models,
    /// PostgreSQL 15 or newer.
    Postgres,
    /// Anything else: a right, a program, a peer to compare with.
    Other,
}

impl Need {
    /// Returns the word by which `COACH_REQUIRE` names it.
    pub fn word(self) -> &'static str {
        match self {
            Need::Reference => "reference",
            Need::Models => "models",
            Need::Postgres => "postgres",
            Need::Other => "other",
        }
    }

    fn required(self, list: &str) -> bool {
        list.split(',').any(|word| word.trim() == self.word())
    }
}

/// Reports that this machine cannot check `what`, for this reason. The test goes on or returns as passed, and `make
/// test` lists the line at its end.
///
/// # Panics
/// `COACH_REQUIRE`, a list of words separated by commas, names the need; the test fails then.
pub fn not_checked(need: Need, what: &str, why: impl Display) {
    let line = format!("not checked ({}): {what}: {why}", need.word());
    let required = std::env::var("COACH_REQUIRE").unwrap_or_default();
    assert!(!need.required(&required), "{line}; COACH_REQUIRE={required} makes this a failure");
    println!("{line}");
    if let Some(list) = std::env::var_os("COACH_NOT_CHECKED") {
        // One write of one line, so that lines of tests that run at once do not mix.
        let appended = File::options().create(true).append(true).open(list);
        let written = appended.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
        written.expect("the file that COACH_NOT_CHECKED names can be written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_required_where_the_list_names_it() {
        assert!(Need::Postgres.required("reference, postgres"));
        assert!(!Need::Models.required("reference,postgres"));
        assert!(!Need::Other.required(""));
    }
}
