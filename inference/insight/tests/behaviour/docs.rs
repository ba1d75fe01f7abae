//! The pages for users say what the code does: every hint, metric, weight and version is in them.
#![allow(clippy::disallowed_methods, reason = "reads the pages")]

use coach_insight::{hints, metrics, scores};

fn page(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn every_hint_is_on_its_page_with_its_text_and_in_order_of_weight() {
    let page = page("HINTS.md");
    let mut last = 0;
    for rule in hints::ALL {
        let row = format!("| `{}` | {} |", rule.id, rule.text);
        let at = page.find(&row).unwrap_or_else(|| panic!("HINTS.md lacks {row}"));
        assert!(at > last || rule.tone == hints::Tone::Praises, "{} is out of order", rule.id);
        last = at;
        assert!(!rule.purpose.is_empty());
    }
    assert!(hints::ALL.windows(2).all(|w| w[0].severity >= w[1].severity), "the heaviest first");
}

#[test]
fn every_metric_weight_and_version_is_on_the_page_of_scores() {
    let page = page("SCORES.md");
    for metric in metrics::ALL {
        assert!(page.contains(&format!("`{}`", metric.id)), "SCORES.md lacks {}", metric.id);
        assert!(!metric.source.is_empty() && !metric.window.is_empty() && !metric.baseline.is_empty());
        assert!(!metric.name.is_empty(), "{} has no name", metric.id);
    }
    for formula in scores::ALL {
        let title = format!("### {} (version {})", coach_insight::texts::score(formula.name), formula.version);
        assert!(page.contains(&title), "SCORES.md lacks {title}");
        for input in formula.inputs.iter().chain(formula.instead.iter().map(|i| &i.by)) {
            let row = format!("| `{}` | {:.2} |", input.metric.id, input.weight);
            assert!(page.contains(&row), "SCORES.md lacks {row}");
        }
    }
}
