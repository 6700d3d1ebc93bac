//! Moments as people in Vietnam read them. Files note them in universal time, to the second.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};

use super::term::VIETNAM_HOURS;

/// Day in Vietnam of a moment of universal time; none where the text is no moment.
#[must_use]
pub fn day_in_vietnam(moment: &str) -> Option<NaiveDate> {
    in_vietnam(moment).map(|time| time.date())
}

/// Moment of universal time as the clocks of Vietnam showed it, `15/10/2026 14:05`; a text that is no moment as it stands.
#[must_use]
pub fn shown_in_vietnam(moment: &str) -> String {
    in_vietnam(moment).map_or_else(|| moment.to_owned(), |time| time.format("%d/%m/%Y %H:%M").to_string())
}

/// Day of a file, `2026-10-15`, as people read it, `15/10/2026`; a text that is no day as it stands.
#[must_use]
pub fn shown_day(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), |day: NaiveDate| day.format("%d/%m/%Y").to_string())
}

fn in_vietnam(moment: &str) -> Option<NaiveDateTime> {
    let moment = DateTime::parse_from_rfc3339(moment).ok()?;
    Some(moment.naive_utc() + TimeDelta::hours(VIETNAM_HOURS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evening_in_universal_time_is_the_next_day_in_vietnam() {
        assert_eq!(day_in_vietnam("2026-10-14T17:00:00Z"), NaiveDate::from_ymd_opt(2026, 10, 15));
        assert_eq!(shown_in_vietnam("2026-10-14T17:05:59Z"), "15/10/2026 00:05");
        assert_eq!(shown_in_vietnam("never"), "never");
        assert_eq!([shown_day("2026-10-15"), shown_day("?")], ["15/10/2026", "?"]);
    }
}
