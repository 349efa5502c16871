/* empty css     */import{m as y,t as p,a as x,d as Q,b as U}from"./shared.js";const F=[{key:"one",words:["按标识查询","Query by id"],build:Z},{key:"many",words:["按条件列表","List with a filter"],build:W},{key:"statistics",words:["统计","Statistics"],build:G},{key:"verify",words:["验证","Verify"],build:K},{key:"issue",words:["签发","Issue"],build:X}];function H(e){const t=e.getType("Certificate");return t?e.getPossibleTypes(t).map(n=>({name:n.name,titles:J(n.description)})):[]}function J(e){const[t,n]=(e??"").split(`
`)[0].split(" / "),s=t.replace(/（[0-9A-Z]{18}[0-9]{3}[^（）]*）$/,"");return[s,n??s]}function Z(e,t,n){return{query:`query One($id: ID) {
  ${$(e.getQueryType(),({type:r,args:a})=>Y(r)===t&&a.some(({name:o})=>o==="number"))}(id: $id) {
${A(e,t,"    ")}
  }
}
`,variables:{id:n?.identifier??n?.id??""}}}function W(e,t){const n=o=>u(c(u(c(o).edges?.type)).node?.type)?.name,s=e.getQueryType(),r=$(s,({type:o,args:l})=>n(u(o))===t&&l.some(({name:i})=>i==="where")),a=u(s.getFields()[r]?.args.find(({name:o})=>o==="where")?.type);return{query:`query Many($where: ${a?.name}, $first: Int, $after: String) {
  ${r}(where: $where, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      node {
${A(e,t,"        ")}
      }
    }
  }
}
`,variables:{where:ne(a),first:5}}}function G(e,t){const n=e.getQueryType(),s=$(n,({name:i,args:V})=>i.toLowerCase()===`${t}Statistics`.toLowerCase()&&V.some(z=>z.name==="groupBy")),r=u(n.getFields()[s]?.args.find(({name:i})=>i==="groupBy")?.type),a=Object.keys(c(e.getType(t))),o=r?.getValues().map(({name:i})=>i)??[],l=["status",o.find(i=>a.includes(i)&&!ee.has(i))].filter(i=>o.includes(i));return{query:`query Statistics($groupBy: [${r?.name}!]!) {
  ${s}(groupBy: $groupBy) {
    groups { keys { field value label } count }
  }
}
`,variables:{groupBy:l}}}function K(e,t,n){return{query:`query Verify($id: ID!) {
  verifyCertificate(id: $id) {
    result genuine status gbResult verifiedAt
    reasons { code message }
    checks { name outcome detail }
    certificate { identifier typeName maskedNumber maskedHolder issuerName validFrom validTo status }
  }
}
`,variables:{id:n?.identifier??""}}}async function X(e,t,n,s){const r=`issue${t}`,a=u(e.getMutationType()?.getFields()[r]?.args.find(({name:i})=>i==="input")?.type);if(!a)return{query:`# 当前身份不能签发这种证照。 This caller may not issue this type.
`,variables:{}};const o={input:R(a)},l=await _(e,t,s);return l&&(o.input.data=l),{query:`mutation Issue($input: ${a.name}!) {
  ${r}(input: $input) {
    id identifier number status version
  }
}
`,variables:o}}async function _(e,t,n){if(!c(e.getType("CertificateType")).example)return null;const{data:s}=await n("{ certificateTypes { name example } }");return s?.certificateTypes?.find(({name:r})=>r===t)?.example??null}function u(e){let t=e;for(;t?.ofType;)t=t.ofType;return t}const Y=e=>u(e)?.name,c=e=>e?.getFields?.()??{},q=e=>!e.getFields&&!e.getTypes,S=({type:e,defaultValue:t})=>String(e).endsWith("!")&&t===void 0,$=(e,t)=>Object.values(e?.getFields()??{}).find(t)?.name??"unknown",ee=new Set(["status","statusCode","issuer","issuedOn","validFrom","validTo","updatedAt","number"]),te=new Set(["current","previous","history","signature","files"]);function A(e,t,n){const s=[];for(const r of Object.values(c(e.getType(t)))){if(te.has(r.name)||r.deprecationReason||r.args.some(S))continue;const a=u(r.type);if(q(a))s.push(r.name);else{const o=Object.values(c(a)).filter(({type:l,args:i})=>q(u(l))&&!i.some(S));o.length&&!c(a).edges&&s.push(`${r.name} { ${o.slice(0,6).map(({name:l})=>l).join(" ")} }`)}}return s.map(r=>n+r).join(`
`)}function ne(e){return c(u(c(e).updatedAt?.type)).gte?{updatedAt:{gte:"2020-01-01T00:00:00Z"}}:{}}function R(e,t=0){const n={};for(const s of Object.values(c(e)))S(s)&&(n[s.name]=re(s.type,t));return n}const se={Int:0,Float:0,Long:0,Boolean:!1,Date:"2026-01-01",DateTime:"2026-01-01T00:00:00Z",Decimal:"0",JSON:{}};function re(e,t){const n=String(e).replace(/!$/,""),s=u(e);let r=se[s.name]??"";return s.getValues?r=s.getValues()[0]?.name??"":s.getFields&&t<5&&(r=R(s,t+1)),n.startsWith("[")?[r]:r}const{React:oe,ReactDOM:ie,GraphiQL:ae}=window,j="zhengzhao.token",E="zhengzhao.purpose",ue=document.querySelector("#bar"),d=document.querySelector("#token"),f=document.querySelector("#demo-token"),m=document.querySelector("#example-type"),v=document.querySelector("#example"),I=[...document.querySelectorAll(".purpose-fields input")],le=ie.createRoot(document.querySelector("#graphiql"));let g=null,h=null,M=null,b=null;const C={department:["部门（可查全部类型）","Department (all types)"],restricted:["受限部门（两种类型）","Restricted department (two types)"],issuer:["颁发机构","Issuer"],admin:["管理员","Administrator"]};async function ce(){g=await Q(),d.value=sessionStorage.getItem(j)??g?.tokens?.department??"",de(),U(O),O(),N()}function O(){P(),k(),D()}function P(){f.hidden=!g?.tokens;const e=Object.entries(g?.tokens??{}).map(([t,n])=>y("option",{value:n},C[t]?p(...C[t]):t));f.replaceChildren(y("option",{value:""},p("匿名","Anonymous")),...e),f.value=d.value,f.selectedIndex<0&&f.append(y("option",{value:d.value,selected:!0},p("其他令牌","Another token")))}f.addEventListener("change",()=>B(f.value));d.addEventListener("change",()=>B(d.value.trim()));ue.addEventListener("submit",e=>e.preventDefault());function B(e){d.value=e,e!==M&&(h=null,k(),sessionStorage.setItem(j,e),P(),N())}function de(){const e={useFor:"演示查询",itemName:"接口浏览器演示",operator:"演示人员"},t=JSON.parse(sessionStorage.getItem(E)??"null")??(g?e:{});for(const n of I)n.value=t[n.name]??"",n.addEventListener("input",()=>{sessionStorage.setItem(E,JSON.stringify({...w(),consent:void 0})),D()})}const w=()=>Object.fromEntries(I.map(e=>[e.name,e.value.trim()]).filter(([,e])=>e));function D(){const e=Object.values(w());document.querySelector("#purpose-shown").textContent=e.length?e.join(" · "):p("未填写","none given")}function k(){const e=h?H(h):[];b=m.value||b,m.replaceChildren(...e.map(({name:t,titles:n})=>y("option",{value:t},[p(...n),t].filter(Boolean).join(" ")))),e.some(({name:t})=>t===b)&&(m.value=b),m.disabled=e.length===0,v.replaceChildren(y("option",{value:""},p("选择示例…","Choose an example…")),...F.map(({key:t,words:n})=>y("option",{value:t},p(...n)))),v.disabled=e.length===0}v.addEventListener("change",async()=>{const e=F.find(({key:r})=>r===v.value);if(!e||!h)return;const t=r=>x({query:r,token:d.value.trim(),purpose:w()}),{query:n,variables:s}=await e.build(h,m.value,g?.examples?.[m.value],t);L(".graphiql-query-editor")?.setValue(n),L(".graphiql-editor-tool")?.setValue(JSON.stringify(s,null,2))});m.addEventListener("change",()=>v.dispatchEvent(new Event("change")));const L=e=>document.querySelector(`${e} .CodeMirror`)?.CodeMirror;document.querySelector("#sdl").addEventListener("click",async()=>{const e=d.value.trim(),t=await fetch("/graphql/schema.graphql",{headers:e?{Authorization:`Bearer ${e}`}:{}}),n=document.querySelector("#sdl-failure");if(n.textContent=t.ok?"":p(`没有取到：HTTP ${t.status}`,`not to be had: HTTP ${t.status}`),!t.ok)return;const s=URL.createObjectURL(await t.blob());y("a",{href:s,download:"schema.graphql"}).click(),URL.revokeObjectURL(s)});function N(){const e=d.value.trim();M=e,le.render(oe.createElement(ae,{fetcher:pe(e),storage:sessionStorage,isHeadersEditorEnabled:!1,defaultEditorToolsVisibility:"variables",defaultQuery:fe,onSchemaChange:t=>{h=t,k()}}))}const T=new Map;function pe(e){return T.has(e)||T.set(e,({query:t,variables:n,operationName:s})=>{const r=s&&new RegExp(`\\b${s}\\b`).test(t);return x({query:t,variables:n,operationName:r?s:void 0,token:e,purpose:w()})}),T.get(e)}const fe=`# 证照枢纽接口浏览器 · API explorer
# 上方选择身份与示例，Ctrl-Enter 执行。 Choose a caller and an example above; Ctrl-Enter runs it.
{
  certificateTypes { name title typeCode version }
}
`;ce();
