//! The one test binary: a module per subject, so that everything links once.
//!
//! Tests of a single function stand beside it in `src`; here stands what needs
//! files, the program itself, or the whole source tree.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that fails says so loudly")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::match_same_arms,
    clippy::needless_raw_string_hashes,
    clippy::type_complexity,
    reason = "test data is small and written out"
)]

/// Where test files are, how the program is run, how odd workbooks are made.
#[path = "suite/support.rs"]
mod support;

/// Everything written and said for the sample province, as it was recorded.
#[path = "suite/golden/mod.rs"]
mod golden;

/// A workspace set up without TOML, and commands that name no file.
#[path = "suite/setup.rs"]
mod setup;

/// A school year lived from the list of schools to the next September.
#[path = "suite/year/mod.rs"]
mod year;

/// The guide: each of its commands runs, in the order in which it stands.
#[path = "suite/guide.rs"]
mod guide;

/// What the program finds about itself and the workspace; scripts for shells, manual pages.
#[path = "suite/doctor.rs"]
mod doctor;

/// The library as another front door would use it.
#[path = "suite/front_door.rs"]
mod front_door;

/// Case folders of what `explain`, `compare`, `reconcile` and `status` answer.
#[path = "suite/answers.rs"]
mod answers;

/// Every figure of every output against every other.
#[path = "suite/every_figure.rs"]
mod every_figure;
/// The page of circulars, forms and mappings: its example runs, and it names every key.
#[path = "suite/example.rs"]
mod example;

/// Damage drawn at random over a province: no total is wrong in silence.
#[path = "suite/cheats.rs"]
mod cheats;

/// Situations that real files bring about, each with its right outcome.
#[path = "suite/situations.rs"]
mod situations;

/// Workbooks that other readers were tested with, against what is known of each.
#[path = "suite/manifest.rs"]
mod manifest;

/// Files made to do harm: each costs one problem and nothing else.
#[path = "suite/hostile.rs"]
mod hostile;

/// The order of the source tree: who may use whom, sizes, spelling.
#[path = "suite/tidy.rs"]
mod tidy;

/// Sentences for people: in the catalogue, in both languages, nowhere else.
#[path = "suite/messages.rs"]
mod messages;

/// Runs and releases whole in the language asked for.
#[path = "suite/languages.rs"]
mod languages;

/// Workspaces for tests.
#[path = "suite/workspace.rs"]
mod workspace;

/// Whole runs: coverage, late arrivals, repetitions, interruptions, same bytes.
#[path = "suite/run.rs"]
mod run;

/// Published figures worked out again.
#[path = "suite/worked_values.rs"]
mod worked_values;

/// Odd formats and odd cells, and what is said of them.
#[path = "suite/formats.rs"]
mod formats;

/// Personal data planted everywhere an input has room for it, looked for in everything that comes out.
#[path = "suite/canary.rs"]
mod canary;

/// Releases: whole or not there, untouched or told, made again byte for byte.
#[path = "suite/release.rs"]
mod release;

/// More claims, of sheets, titles and units of measure, and lists with blank cells, second tables and errors.
#[path = "suite/other_claims.rs"]
mod other_claims;

/// Rows of lists: hidden ones, codes as shown, totals, and lists that complete each other.
#[path = "suite/list_gaps.rs"]
mod list_gaps;
#[path = "suite/list_rows.rs"]
mod list_rows;

/// Every command that writes, against every kind of place: what the program did not write stays as it is.
#[path = "suite/outputs.rs"]
mod outputs;

/// Two commands at once, and one of them killed: as if they had come one after the other.
#[path = "suite/together.rs"]
mod together;

/// What `archive verify` finds beside changed bytes.
#[path = "suite/verified.rs"]
mod verified;

/// Texts and files of ours, damaged at random.
#[path = "suite/mutated.rs"]
mod mutated;

/// Properties that hold for any input.
#[path = "suite/properties.rs"]
mod properties;

/// Case folders whose name is the expected outcome.
#[path = "suite/cases.rs"]
mod cases;

/// The real official workbooks and their transcription: cells, known violations, form definitions.
#[path = "suite/official.rs"]
mod official;

/// Our files as other programs see them.
#[path = "suite/oracle.rs"]
mod oracle;

/// From official blanks that nobody has seen to reports, and the recipe of a new circular.
#[path = "suite/new_forms.rs"]
mod new_forms;

/// One-row-per-unit tables become list mappings.
#[path = "suite/list_import.rs"]
mod list_import;

/// Totals out of the archive against totals out of the returns.
#[path = "suite/archive_totals.rs"]
mod archive_totals;

/// A province with differences planted in it.
#[path = "suite/planted.rs"]
mod planted;

/// Two sources against each other: planted differences are found, and nothing else.
#[path = "suite/reconcile.rs"]
mod reconcile;

/// What the program says, word by word.
#[path = "suite/words.rs"]
mod words;

/// Templates for schools, and what is said of them when they come back.
#[path = "suite/template.rs"]
mod template;

/// Forms drafted from workbooks: the two real ones against the installed schema, and a strange one.
#[path = "suite/import.rs"]
mod import;

/// Versions of a form: differences, mappings, looking back.
#[path = "suite/form_versions.rs"]
mod form_versions;

/// What happens to templates in other hands.
#[path = "suite/damage.rs"]
mod damage;

/// Forms rebuilt by analogy: taken for no other, marked in every output, replaced by a real one.
#[path = "suite/reconstructed.rs"]
mod reconstructed;

/// Rules over cells, across sheets, terms and the register.
#[path = "suite/cell_rules.rs"]
mod cell_rules;

/// Mistakes people make, to be planted.
#[path = "suite/plants.rs"]
mod plants;

/// A province full of errors: all of them found, none invented.
#[path = "suite/seeded.rs"]
mod seeded;

/// Which cell is wrong, when sums do not agree.
#[path = "suite/localise.rs"]
mod localise;

/// The quality report, also as a browser shows it.
#[path = "suite/quality.rs"]
mod quality;

/// Pages: accessible, on phones and paper, with links that lead somewhere.
#[path = "suite/pages.rs"]
mod pages;

/// The ledger: who has sent what and what was decided, written down for good.
#[path = "suite/ledger.rs"]
mod ledger;

/// Decisions of the ledger bind totals and releases.
#[path = "suite/decisions.rs"]
mod decisions;

/// This term against the same term a year ago.
#[path = "suite/yearly.rs"]
mod yearly;

/// What goes back to schools, and what comes back corrected.
#[path = "suite/returned.rs"]
mod returned;

/// Figures asked for in people's words.
#[path = "suite/ask.rs"]
mod ask;

/// Explanations of units, and what officers decide about them.
#[path = "suite/proposals.rs"]
mod proposals;

/// Rules over plain tables: every generic kind says valid, invalid and undecided.
#[path = "suite/table_rules.rs"]
mod table_rules;

/// Rules over tables never pass in silence: types, keys, sums, structure, and the words for them.
#[path = "suite/table_words.rs"]
mod table_words;

/// The register is checked before it is believed; what was merged or used again is compared with the right predecessor.
#[path = "suite/register_lint.rs"]
mod register_lint;

/// Small things that mislead.
#[path = "suite/small.rs"]
mod small;

/// Reporting streams of their own share an archive and nothing in it.
#[path = "suite/streams.rs"]
mod streams;

/// The closing term: its balance, the states of its results, whole school years.
#[path = "suite/closing.rs"]
mod closing;

/// Indicators, the summary workbook, ad-hoc reports.
#[path = "suite/figures.rs"]
mod figures;

/// What the archive's tables are said to be, against the files.
#[path = "suite/archive_tables.rs"]
mod archive_tables;

/// `--format json` of every command, and CSV that programs read.
#[path = "suite/json_answers.rs"]
mod json_answers;

/// Other programs read the archive by plain globs, and ours read archives of before.
#[path = "suite/archive_readers.rs"]
mod archive_readers;

/// Questions to the archive.
#[cfg(feature = "sql")]
#[path = "suite/query.rs"]
mod query;

/// Questions stay inside the archive and within their limits.
#[cfg(feature = "sql")]
#[path = "suite/inside.rs"]
mod inside;

/// What is handed in is looked at before it is read.
#[path = "suite/inputs_within.rs"]
mod inputs_within;

/// Questions that narrow a large table by a small one.
#[cfg(feature = "sql")]
#[path = "suite/query_docs.rs"]
mod query_docs;
#[cfg(feature = "sql")]
#[path = "suite/query_narrowed.rs"]
mod query_narrowed;
#[cfg(feature = "sql")]
#[path = "suite/query_random.rs"]
mod query_random;
#[cfg(feature = "sql")]
#[path = "suite/query_wrong.rs"]
mod query_wrong;

/// Why figures differ: causes add up, whatever happens.
#[path = "suite/differences.rs"]
mod differences;

/// Where a figure comes from, and why it is another one than before.
#[path = "suite/explain.rs"]
mod explain;

/// Two states, two years or two units beside each other.
#[path = "suite/compare.rs"]
mod compare;

/// Ten years of history against a recomputation from the returns.
#[path = "suite/ten_years.rs"]
mod ten_years;

/// Records in memory written as Parquet, as one program or another writes it.
#[path = "suite/record_files.rs"]
mod record_files;

/// Records counted into cells, against a plain reader of the definitions.
#[path = "suite/tabulate.rs"]
mod tabulate;

/// Records of a synthetic province: what its workbooks hold is what they come to.
#[path = "suite/sample_records.rs"]
mod sample_records;
/// Records out of Parquet column by column, against the records that were written.
#[path = "suite/columnar.rs"]
mod columnar;

/// The one reader of tables, at every door.
#[path = "suite/tables.rs"]
mod tables;

/// Sheets that are read without the library, held to what the library reads.
#[path = "suite/plain_sheets.rs"]
mod plain_sheets;

/// A population table that contradicts itself.
#[path = "suite/population_table.rs"]
mod population_table;

/// Defects that a look from outside found, each with others of its kind.
#[path = "suite/other_inputs.rs"]
mod other_inputs;

/// Ratios over the units that have both sides.
#[path = "suite/ratios.rs"]
mod ratios;

/// Rules that are fair: what is wrong is found, and the most unusual correct return passes.
#[path = "suite/fair.rs"]
mod fair;
