//! The tree seen by a grouping: what lies below a unit stands by former district, area or ownership.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{OWNERSHIP, Tree, Unit, UnitIndex};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::RegisterSchema;

impl Unit {
    /// True for a place that a grouping makes, which is no unit of the register.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.code.strip_prefix(&*self.kind).is_some_and(|rest| rest.starts_with('='))
    }
}

impl Tree {
    /// The code of a group's place in a regrouped tree: no unit's, whatever the value.
    #[must_use]
    pub fn group_code(grouping: &str, value: &str) -> String {
        format!("{grouping}={value}")
    }

    /// The name people know a value by: that of the ownership, or of the unit whose code it is; else itself.
    #[must_use]
    pub fn group_name(&self, register: &RegisterSchema, grouping: &str, value: &str) -> Arc<str> {
        let owned = register.ownership.iter().find(|own| grouping == OWNERSHIP && *own.code == *value);
        let of_unit = || self.find(value).map(|unit| Arc::clone(&self.units[unit].name));
        owned.map(|own| Arc::from(own.name_vi.as_str())).or_else(of_unit).unwrap_or_else(|| value.into())
    }

    /// Groupings that units have a value of.
    #[must_use]
    pub fn groupings_with(&self, value: &str) -> Vec<&str> {
        self.groupings().filter(|key| !value.is_empty() && self.units.iter().any(|unit| unit.value_of(key) == value)).collect()
    }

    /// Keys of the register's groupings.
    pub fn own_groupings(&self) -> impl Iterator<Item = &str> {
        self.groupings.iter().map(|key| &**key)
    }

    /// Keys of groupings, ownership last.
    pub(super) fn groupings(&self) -> impl Iterator<Item = &str> {
        self.groupings.iter().map(|key| &**key).chain([OWNERSHIP])
    }

    /// Regroups the units: everything below one of them stands by the values of a grouping, and no longer by
    /// whom it reports to. `name` gives the name of a value, the empty one included.
    ///
    /// # Errors
    /// When there is no such grouping.
    pub fn regrouped(&self, top: UnitIndex, grouping: &str, name: &dyn Fn(&str) -> Arc<str>) -> Result<Self> {
        if !self.groupings().any(|key| key == grouping) {
            let known = self.groupings().collect::<Vec<_>>().join(", ");
            let near = closest(grouping, self.groupings()).map(Message::did_you_mean);
            let hint = near.unwrap_or_else(|| message!("register.groupings", known));
            return Err(Error::Unknown { kind: message!("kinds.grouping"), name: grouping.to_owned(), hint: Some(hint) });
        }
        let mut units = self.units.as_slice().to_vec();
        let mut places: BTreeMap<String, Unit> = BTreeMap::new();
        for (at, unit) in self.units.indexes().zip(&mut units) {
            if !self.ancestors(at).any(|above| above == top) {
                continue;
            }
            let value = unit.value_of(grouping).to_owned();
            let code = Self::group_code(grouping, &value);
            unit.reports_to = Some(code.as_str().into());
            places.entry(code).or_insert_with_key(|code| place(code, grouping, name(&value), &self.units[top]));
        }
        units.extend(places.into_values());
        Self::of(units, "", self.groupings.clone(), self.day, self.successions.clone())
    }
}

/// The place of a group below a unit.
fn place(code: &str, grouping: &str, name: Arc<str>, above: &Unit) -> Unit {
    Unit {
        code: code.into(),
        name,
        kind: grouping.into(),
        aggregate: true,
        reports_to: Some(Arc::clone(&above.code)),
        line: above.line,
        ..Unit::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::Register;

    fn unit(code: &str, above: Option<&str>, district: &str, ownership: &str) -> Unit {
        Unit {
            code: code.into(),
            kind: "school".into(),
            aggregate: true,
            reports_to: above.map(Arc::from),
            groups: vec![crate::register::GroupValue { key: "former_district".into(), value: district.into() }],
            ownership: ownership.into(),
            ..Unit::default()
        }
    }

    fn tree() -> Tree {
        let units = vec![
            unit("S", None, "", ""),
            unit("X", Some("S"), "Huyện A", ""),
            unit("Y", Some("S"), "Huyện B", ""),
            unit("T1", Some("X"), "Huyện A", "public"),
            // The commune got a part of the other district.
            unit("T2", Some("X"), "Huyện B", "public"),
            unit("T3", Some("Y"), "", "private"),
        ];
        let register = Register { file: "reg.csv".into(), units, groupings: vec!["former_district".into()] };
        Tree::as_at(&register, "2025-09-30".parse().unwrap()).unwrap()
    }

    fn below<'a>(tree: &'a Tree, code: &str) -> Vec<&'a str> {
        tree.children(tree.find(code).unwrap()).iter().map(|&unit| &*tree.units[unit].code).collect()
    }

    #[test]
    fn units_stand_by_the_value_that_they_have_themselves() {
        let tree = tree();
        let top = tree.find("S").unwrap();
        let by = tree.regrouped(top, "former_district", &|value| value.into()).unwrap();
        assert_eq!(below(&by, "S"), ["former_district=", "former_district=Huyện A", "former_district=Huyện B"]);
        assert_eq!(below(&by, "former_district=Huyện A"), ["T1", "X"]);
        assert_eq!(below(&by, "former_district=Huyện B"), ["T2", "Y"]);
        assert_eq!(below(&by, "former_district="), ["T3"]);
        assert!(by.units[by.find("former_district=").unwrap()].is_group() && !by.units[top].is_group());
        // Below a commune only: what lies elsewhere stays where it was.
        let by = tree.regrouped(tree.find("X").unwrap(), "ownership", &|value| value.into()).unwrap();
        assert_eq!(below(&by, "X"), ["ownership=public"]);
        assert_eq!((below(&by, "ownership=public"), below(&by, "Y")), (vec!["T1", "T2"], vec!["T3"]));
    }

    #[test]
    fn an_unknown_grouping_is_told() {
        let tree = tree();
        let Err(Error::Unknown { name, hint: Some(hint), .. }) =
            tree.regrouped(UnitIndex::new(0), "former_distrikt", &|value| value.into())
        else {
            panic!("there is no such grouping")
        };
        assert!(name == "former_distrikt" && hint.en().contains("former_district"), "{hint:?}");
        assert_eq!(tree.groupings_with("Huyện B"), ["former_district"]);
        assert_eq!(tree.groupings_with("private"), ["ownership"]);
    }
}
