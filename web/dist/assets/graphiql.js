/* empty css     */import{m as f,t as m,a as O,d as Q,b as z}from"./shared.js";const L=[{key:"one",words:["按标识查询","Query by id"],build:H},{key:"many",words:["按条件列表","List with a filter"],build:U},{key:"verify",words:["验证","Verify"],build:W},{key:"issue",words:["签发","Issue"],build:Z}];function J(e){const t=e.getType("Certificate");return t?e.getPossibleTypes(t).map(n=>({name:n.name,title:B(n.description)||n.name})):[]}const B=e=>e?.split(`
`)[0].split(/[。.]/)[0].slice(0,40);function H(e,t,n){return{query:`query One($id: ID) {
  ${F(e.getQueryType(),({type:s,args:o})=>K(s)===t&&o.some(({name:i})=>i==="number"))}(id: $id) {
${I(e,t,"    ")}
  }
}
`,variables:{id:n?.identifier??n?.id??""}}}function U(e,t){const n=i=>a(u(a(u(i).edges?.type)).node?.type)?.name,r=e.getQueryType(),s=F(r,({type:i,args:l})=>n(a(i))===t&&l.some(({name:h})=>h==="where")),o=a(r.getFields()[s]?.args.find(({name:i})=>i==="where")?.type);return{query:`query Many($where: ${o?.name}, $first: Int, $after: String) {
  ${s}(where: $where, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      node {
${I(e,t,"        ")}
      }
    }
  }
}
`,variables:{where:_(o),first:5}}}function W(e,t,n){return{query:`query Verify($id: ID!) {
  verifyCertificate(id: $id) {
    result genuine status gbResult verifiedAt
    reasons { code message }
    checks { name outcome detail }
    certificate { identifier typeName maskedNumber maskedHolder issuerName validFrom validTo status }
  }
}
`,variables:{id:n?.identifier??""}}}async function Z(e,t,n,r){const s=`issue${t}`,o=a(e.getMutationType()?.getFields()[s]?.args.find(({name:h})=>h==="input")?.type);if(!o)return{query:`# 当前身份不能签发这种证照。 This caller may not issue this type.
`,variables:{}};const i={input:A(o)},l=await G(e,t,r);return l&&(i.input.data=l),{query:`mutation Issue($input: ${o.name}!) {
  ${s}(input: $input) {
    id identifier number status version
  }
}
`,variables:i}}async function G(e,t,n){if(!u(e.getType("CertificateType")).example)return null;const{data:r}=await n("{ certificateTypes { name example } }");return r?.certificateTypes?.find(({name:s})=>s===t)?.example??null}function a(e){let t=e;for(;t?.ofType;)t=t.ofType;return t}const K=e=>a(e)?.name,u=e=>e?.getFields?.()??{},E=e=>!e.getFields&&!e.getTypes,S=({type:e,defaultValue:t})=>String(e).endsWith("!")&&t===void 0,F=(e,t)=>Object.values(e?.getFields()??{}).find(t)?.name??"unknown",X=new Set(["current","previous","history","signature","files"]);function I(e,t,n){const r=[];for(const s of Object.values(u(e.getType(t)))){if(X.has(s.name)||s.deprecationReason||s.args.some(S))continue;const o=a(s.type);if(E(o))r.push(s.name);else{const i=Object.values(u(o)).filter(({type:l,args:h})=>E(a(l))&&!h.some(S));i.length&&!u(o).edges&&r.push(`${s.name} { ${i.slice(0,6).map(({name:l})=>l).join(" ")} }`)}}return r.map(s=>n+s).join(`
`)}function _(e){return u(a(u(e).updatedAt?.type)).gte?{updatedAt:{gte:"2020-01-01T00:00:00Z"}}:{}}function A(e,t=0){const n={};for(const r of Object.values(u(e)))S(r)&&(n[r.name]=ee(r.type,t));return n}const Y={Int:0,Float:0,Long:0,Boolean:!1,Date:"2026-01-01",DateTime:"2026-01-01T00:00:00Z",Decimal:"0",JSON:{}};function ee(e,t){const n=String(e).replace(/!$/,""),r=a(e);let s=Y[r.name]??"";return r.getValues?s=r.getValues()[0]?.name??"":r.getFields&&t<5&&(s=A(r,t+1)),n.startsWith("[")?[s]:s}const{React:te,ReactDOM:ne,GraphiQL:se}=window,R="zhengzhao.token",k="zhengzhao.purpose",re=document.querySelector("#bar"),c=document.querySelector("#token"),d=document.querySelector("#demo-token"),p=document.querySelector("#example-type"),v=document.querySelector("#example"),j=[...document.querySelectorAll(".purpose-fields input")],ie=ne.createRoot(document.querySelector("#graphiql"));let y=null,g=null,M=null,b=null;const q={department:["部门（可查全部类型）","Department (all types)"],restricted:["受限部门（两种类型）","Restricted department (two types)"],issuer:["颁发机构","Issuer"],admin:["管理员","Administrator"]};async function oe(){y=await Q(),c.value=sessionStorage.getItem(R)??y?.tokens?.department??"",ae(),z(x),x(),V()}function x(){P(),$(),N()}function P(){d.hidden=!y?.tokens;const e=Object.entries(y?.tokens??{}).map(([t,n])=>f("option",{value:n},q[t]?m(...q[t]):t));d.replaceChildren(f("option",{value:""},m("匿名","Anonymous")),...e),d.value=c.value,d.selectedIndex<0&&d.append(f("option",{value:c.value,selected:!0},m("其他令牌","Another token")))}d.addEventListener("change",()=>D(d.value));c.addEventListener("change",()=>D(c.value.trim()));re.addEventListener("submit",e=>e.preventDefault());function D(e){c.value=e,e!==M&&(g=null,$(),sessionStorage.setItem(R,e),P(),V())}function ae(){const e={useFor:"演示查询",itemName:"接口浏览器演示",operator:"演示人员"},t=JSON.parse(sessionStorage.getItem(k)??"null")??(y?e:{});for(const n of j)n.value=t[n.name]??"",n.addEventListener("input",()=>{sessionStorage.setItem(k,JSON.stringify(w())),N()})}const w=()=>Object.fromEntries(j.map(e=>[e.name,e.value.trim()]).filter(([,e])=>e));function N(){const e=Object.values(w());document.querySelector("#purpose-shown").textContent=e.length?e.join(" · "):m("未填写","none given")}function $(){const e=g?J(g):[];b=p.value||b,p.replaceChildren(...e.map(({name:t,title:n})=>f("option",{value:t},n===t?t:`${n} ${t}`))),e.some(({name:t})=>t===b)&&(p.value=b),p.disabled=e.length===0,v.replaceChildren(f("option",{value:""},m("选择示例…","Choose an example…")),...L.map(({key:t,words:n})=>f("option",{value:t},m(...n)))),v.disabled=e.length===0}v.addEventListener("change",async()=>{const e=L.find(({key:s})=>s===v.value);if(!e||!g)return;const t=s=>O({query:s,token:c.value.trim(),purpose:w()}),{query:n,variables:r}=await e.build(g,p.value,y?.examples?.[p.value],t);C(".graphiql-query-editor")?.setValue(n),C(".graphiql-editor-tool")?.setValue(JSON.stringify(r,null,2))});p.addEventListener("change",()=>v.dispatchEvent(new Event("change")));const C=e=>document.querySelector(`${e} .CodeMirror`)?.CodeMirror;function V(){const e=c.value.trim();M=e,ie.render(te.createElement(se,{fetcher:ue(e),storage:sessionStorage,isHeadersEditorEnabled:!1,defaultEditorToolsVisibility:"variables",defaultQuery:le,onSchemaChange:t=>{g=t,$()}}))}const T=new Map;function ue(e){return T.has(e)||T.set(e,({query:t,variables:n,operationName:r})=>{const s=r&&new RegExp(`\\b${r}\\b`).test(t);return O({query:t,variables:n,operationName:s?r:void 0,token:e,purpose:w()})}),T.get(e)}const le=`# 证照枢纽接口浏览器 · API explorer
# 上方选择身份与示例，Ctrl-Enter 执行。 Choose a caller and an example above; Ctrl-Enter runs it.
{
  certificateTypes { name title typeCode version }
}
`;oe();
