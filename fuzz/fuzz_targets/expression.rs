//! Any text as an expression of a rule, and as a file of table rules.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tkgd::schema::{Expression, TableRuleFile, TableRules, parse_toml};
use tkgd::validate::{Value, evaluate};

fuzz_target!(|text: &str| {
    if let Ok(expression) = Expression::parse(text) {
        // A name may stand for the whole again.
        let _ = expression.filled(&|_| Expression::parse(text).ok(), &|name| (name.len() == 1).then(|| "7".to_owned()));
        if let Ok(filled) = expression.filled(&|_| None, &|_| Some("7".to_owned())) {
            let mut count = 0;
            let resolved = filled.resolved(&mut |_| {
                count += 1;
                Ok(count - 1)
            });
            if let Ok(resolved) = resolved {
                let leaves: Vec<Value> = (0..count).map(|at| if at % 2 == 0 { Value::Missing } else { Value::Text("7".into()) }).collect();
                let _ = evaluate(&resolved, &leaves);
            }
        }
    }
    if let Ok(file) = parse_toml::<TableRuleFile>("rules.toml", text) {
        let _ = TableRules::new(file);
    }
});
