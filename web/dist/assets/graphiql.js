/* empty css     */import{m as y,t as p,a as x,d as Q,b as J}from"./shared.js";const A=[{key:"one",words:["按标识查询","Query by id"],build:W},{key:"many",words:["按条件列表","List with a filter"],build:G},{key:"statistics",words:["统计","Statistics"],build:K},{key:"verify",words:["验证","Verify"],build:X},{key:"issue",words:["签发","Issue"],build:_}];function H(e){const t=e.getType("Certificate");return t?e.getPossibleTypes(t).map(n=>({name:n.name,titles:Z(n.description)})):[]}function Z(e){const[t,n]=(e??"").split(`
`)[0].split(" / "),s=t.replace(/（[0-9A-Z]{18}[0-9]{3}[^（）]*）$/,"");return[s,n??s]}function W(e,t,n){return{query:`query One($id: ID) {
  ${T(e.getQueryType(),({type:r,args:o})=>ee(r)===t&&o.some(({name:i})=>i==="number"))}(id: $id) {
${F(e,t,"    ")}
  }
}
`,variables:{id:n?.identifier??n?.id??""}}}function G(e,t){const n=i=>l(c(l(c(i).edges?.type)).node?.type)?.name,s=e.getQueryType(),r=T(s,({type:i,args:u})=>n(l(i))===t&&u.some(({name:a})=>a==="where")),o=l(s.getFields()[r]?.args.find(({name:i})=>i==="where")?.type);return{query:`query Many($where: ${o?.name}, $first: Int, $after: String) {
  ${r}(where: $where, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      node {
${F(e,t,"        ")}
      }
    }
  }
}
`,variables:{where:se(o),first:5}}}function K(e,t){const n=e.getQueryType(),s=T(n,({name:a,args:V})=>a.toLowerCase()===`${t}Statistics`.toLowerCase()&&V.some(U=>U.name==="groupBy")),r=l(n.getFields()[s]?.args.find(({name:a})=>a==="groupBy")?.type),o=Object.keys(c(e.getType(t))),i=r?.getValues().map(({name:a})=>a)??[],u=["status",i.find(a=>o.includes(a)&&!te.has(a))].filter(a=>i.includes(a));return{query:`query Statistics($groupBy: [${r?.name}!]!) {
  ${s}(groupBy: $groupBy) {
    groups { keys { field value label } count }
  }
}
`,variables:{groupBy:u}}}function X(e,t,n){return{query:`query Verify($id: ID!) {
  verifyCertificate(id: $id) {
    result genuine status gbResult verifiedAt
    reasons { code message }
    checks { name outcome detail }
    certificate { identifier typeName maskedNumber maskedHolder issuerName validFrom validTo status }
  }
}
`,variables:{id:n?.identifier??""}}}async function _(e,t,n,s){const r=`issue${t}`,o=l(e.getMutationType()?.getFields()[r]?.args.find(({name:a})=>a==="input")?.type);if(!o)return{query:`# 当前身份不能签发这种证照。 This caller may not issue this type.
`,variables:{}};const i={input:R(o)},u=await Y(e,t,s);return u&&(i.input.data=u),{query:`mutation Issue($input: ${o.name}!) {
  ${r}(input: $input) {
    id identifier number status version
  }
}
`,variables:i}}async function Y(e,t,n){if(!c(e.getType("CertificateType")).example)return null;const{data:s}=await n("{ certificateTypes { name example } }");return s?.certificateTypes?.find(({name:r})=>r===t)?.example??null}function l(e){let t=e;for(;t?.ofType;)t=t.ofType;return t}const ee=e=>l(e)?.name,c=e=>e?.getFields?.()??{},k=e=>!e.getFields&&!e.getTypes,$=({type:e,defaultValue:t})=>String(e).endsWith("!")&&t===void 0,T=(e,t)=>Object.values(e?.getFields()??{}).find(t)?.name??"unknown",te=new Set(["status","statusCode","issuer","issuedOn","validFrom","validTo","updatedAt","number"]),ne=new Set(["current","previous","history","signature","files"]);function F(e,t,n){const s=[];for(const r of Object.values(c(e.getType(t)))){if(ne.has(r.name)||r.deprecationReason||r.args.some($))continue;const o=l(r.type);if(k(o))s.push(r.name);else{const i=Object.values(c(o)).filter(({type:u,args:a})=>k(l(u))&&!a.some($));i.length&&!c(o).edges&&s.push(`${r.name} { ${i.slice(0,6).map(({name:u})=>u).join(" ")} }`)}}return s.map(r=>n+r).join(`
`)}function se(e){return c(l(c(e).updatedAt?.type)).gte?{updatedAt:{gte:"2020-01-01T00:00:00Z"}}:{}}function R(e,t=0){const n={};for(const s of Object.values(c(e)))$(s)&&(n[s.name]=oe(s.type,t));return n}const re={Int:0,Float:0,Long:0,Boolean:!1,Date:"2026-01-01",DateTime:"2026-01-01T00:00:00Z",Decimal:"0",JSON:{}};function oe(e,t){const n=String(e).replace(/!$/,""),s=l(e);let r=re[s.name]??"";return s.getValues?r=s.getValues()[0]?.name??"":s.getFields&&t<5&&(r=R(s,t+1)),n.startsWith("[")?[r]:r}const{React:ie,ReactDOM:ae,GraphiQL:ue}=window,j="zhengzhao.token",C="zhengzhao.purpose",le=document.querySelector("#bar"),f=document.querySelector("#token"),m=document.querySelector("#demo-token"),d=document.querySelector("#example-type"),v=document.querySelector("#example"),I=[...document.querySelectorAll(".purpose-fields input")],ce=ae.createRoot(document.querySelector("#graphiql"));let g=null,h=null,M=null,w=null;const E={department:["部门（可查全部类型）","Department (all types)"],restricted:["受限部门（两种类型）","Restricted department (two types)"],issuer:["颁发机构","Issuer"],admin:["管理员","Administrator"]};async function de(){g=await Q(),f.value=sessionStorage.getItem(j)??g?.tokens?.department??"",pe(),J(L),L(),D()}function L(){P(),q(),N()}function P(){m.hidden=!g?.tokens;const e=Object.entries(g?.tokens??{}).map(([t,n])=>y("option",{value:n},E[t]?p(...E[t]):t));m.replaceChildren(y("option",{value:""},p("匿名","Anonymous")),...e),m.value=f.value,m.selectedIndex<0&&m.append(y("option",{value:f.value,selected:!0},p("其他令牌","Another token")))}m.addEventListener("change",()=>B(m.value));f.addEventListener("change",()=>B(f.value.trim()));le.addEventListener("submit",e=>e.preventDefault());function B(e){f.value=e,e!==M&&(h=null,q(),sessionStorage.setItem(j,e),P(),D())}function pe(){const e={useFor:"演示查询",itemName:"接口浏览器演示",operator:"演示人员"},t=JSON.parse(sessionStorage.getItem(C)??"null")??(g?e:{});for(const n of I)n.value=t[n.name]??"",n.addEventListener("input",()=>{sessionStorage.setItem(C,JSON.stringify({...b(),consent:void 0})),N()})}const b=()=>Object.fromEntries(I.map(e=>[e.name,e.value.trim()]).filter(([,e])=>e));function N(){const e=Object.values(b());document.querySelector("#purpose-shown").textContent=e.length?e.join(" · "):p("未填写","none given")}function q(){const e=h?H(h):[];w=d.value||w,d.replaceChildren(...e.map(({name:t,titles:n})=>y("option",{value:t},[p(...n),t].filter(Boolean).join(" ")))),e.some(({name:t})=>t===w)&&(d.value=w),d.disabled=e.length===0,document.querySelector("#interface").disabled=e.length===0,v.replaceChildren(y("option",{value:""},p("选择示例…","Choose an example…")),...A.map(({key:t,words:n})=>y("option",{value:t},p(...n)))),v.disabled=e.length===0}v.addEventListener("change",async()=>{const e=A.find(({key:r})=>r===v.value);if(!e||!h)return;const t=r=>x({query:r,token:f.value.trim(),purpose:b()}),{query:n,variables:s}=await e.build(h,d.value,g?.examples?.[d.value],t);O(".graphiql-query-editor")?.setValue(n),O(".graphiql-editor-tool")?.setValue(JSON.stringify(s,null,2))});d.addEventListener("change",()=>v.dispatchEvent(new Event("change")));const O=e=>document.querySelector(`${e} .CodeMirror`)?.CodeMirror;document.querySelector("#sdl").addEventListener("click",()=>z("/graphql/schema.graphql","schema.graphql"));document.querySelector("#interface").addEventListener("click",()=>{const{itemCode:e}=b(),t=new URLSearchParams({lang:p("zh","en"),...e?{item:e}:{}});return z(`/docs/interfaces/${d.value}.pdf?${t}`,`interface-${d.value}.pdf`)});async function z(e,t){const n=document.querySelector("#save-failure"),s=f.value.trim();n.textContent="";const r={"Accept-Language":p("zh-CN","en"),...s?{Authorization:`Bearer ${s}`}:{}},o=await fetch(e,{headers:r});if(!o.ok){const u=await o.json().catch(()=>null);n.textContent=u?.errors?.[0]?.message??`HTTP ${o.status}`;return}const i=URL.createObjectURL(await o.blob());y("a",{href:i,download:t}).click(),URL.revokeObjectURL(i)}function D(){const e=f.value.trim();M=e,ce.render(ie.createElement(ue,{fetcher:fe(e),storage:sessionStorage,isHeadersEditorEnabled:!1,defaultEditorToolsVisibility:"variables",defaultQuery:me,onSchemaChange:t=>{h=t,q()}}))}const S=new Map;function fe(e){return S.has(e)||S.set(e,({query:t,variables:n,operationName:s})=>{const r=s&&new RegExp(`\\b${s}\\b`).test(t);return x({query:t,variables:n,operationName:r?s:void 0,token:e,purpose:b()})}),S.get(e)}const me=`# 证照枢纽接口浏览器 · API explorer
# 上方选择身份与示例，Ctrl-Enter 执行。 Choose a caller and an example above; Ctrl-Enter runs it.
{
  certificateTypes { name title typeCode version }
}
`;de();
