//! tmp
fn main(){ let s=tkgd::schema::Schemas::load(None); match s { Ok(s)=>{ for f in &s.forms { println!("{} {} slots {}",f.id,f.symbol,f.layout.slots);} println!("{:?}",tkgd::schema::lint(&s)); }, Err(e)=>println!("{e} {:?}",e.hint()) } }
