/* empty css     */import{b as t,o as s,f as i}from"./shared.js";t();s().then(o=>i("#hosts").textContent=o.join("、"));
