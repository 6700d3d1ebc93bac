//! tmp
use tkgd::ingest::*; use tkgd::schema::*; use tkgd::validate;
fn main(){
 let s=Schemas::load(None).unwrap();
 let rec=Recogniser::new(&s.forms);
 let reg=tkgd::units::Register{file:"x".into(),units:vec![],groupings:vec![]};
 let tree=tkgd::units::Tree::as_at(&reg, chrono::NaiveDate::from_ymd_opt(2020,9,30).unwrap()).unwrap();
 let iso=Isolation::InProcess;
 let ctx=ReadContext{recogniser:&rec,circular:"tt24-2018",term:tkgd::term::Term::Opening,tree:&tree,units:None,locale:Default::default(),isolation:&iso};
 for a in std::env::args().skip(1) {
  let r=read_file(std::path::Path::new(&a),&ctx);
  let mut f=r.findings;
  if let Some(sub)=&r.submission { println!("{} {} filled {}",a,sub.form.id,sub.values.filled()); f.extend(validate::sums(sub)); }
  s.rules.grade(&mut f);
  let mut by=std::collections::BTreeMap::new();
  for x in &f { *by.entry((x.rule,x.verdict.id())).or_insert(0)+=1; }
  println!("{a} {by:?}");
  for x in f.iter().filter(|x| x.verdict==tkgd::finding::Verdict::Fail && x.rule!="error-value") { println!("  {:?} {:?} {} :: {}", x.place.sheet, x.place.cell.map(|c|c.to_string()), x.rule, s.rules.message(x,tkgd::finding::Lang::Vi)); }
 }
}
