/* empty css     */import{b as s,m as i,t as r,f as l}from"./shared.js";const f=`<script type="module" src="{{origin}}/widget/v1/certificate-verify.js"
        integrity="{{integrity}}" crossorigin="anonymous"><\/script>

<certificate-verify endpoint="{{origin}}" lang="zh"></certificate-verify>
`,d=`<iframe src="{{origin}}/widget/frame?lang=zh" title="电子证照验证"
        width="100%" height="760" allow="camera"></iframe>
`,p=`script-src 'self' {{origin}} 'wasm-unsafe-eval'; connect-src 'self' {{origin}}
`,m=`import { useEffect, useRef } from 'react';

export function CertificateVerify({ lang = 'zh', onAnswer }) {
  const element = useRef(null);
  useEffect(() => {
    const node = element.current;
    const heard = (event) => onAnswer?.(event.detail);
    node.addEventListener('verify-answer', heard);
    return () => node.removeEventListener('verify-answer', heard);
  }, [onAnswer]);
  return <certificate-verify ref={element} endpoint="{{origin}}" lang={lang} />;
}
`,y=`<script setup>
const emit = defineEmits(['answer']);
<\/script>

<template>
  <certificate-verify endpoint="{{origin}}" lang="zh"
    @verify-answer="(event) => emit('answer', event.detail)" />
</template>
`,g={html:f,react:m,vue:y,iframe:d,policy:p};let c="…";s(a);a();fetch("/widget/integrity.json").then(e=>e.json()).then(e=>{c=e["certificate-verify.js"]??"",a()});function a(){for(const[e,n]of Object.entries(g)){const o=n.replaceAll("{{origin}}",location.origin).replaceAll("{{integrity}}",c).trimEnd(),t=i("button",{type:"button",class:"copy"},r("复制","Copy"));t.addEventListener("click",()=>void v(t,o)),l(`[data-sample="${e}"]`).replaceChildren(i("pre",{tabindex:0,"aria-labelledby":e},i("code",{},o)),t)}}async function v(e,n){try{await navigator.clipboard.writeText(n),e.textContent=r("已复制","Copied")}catch{e.textContent=r("请手动选择复制","Select and copy by hand")}}
