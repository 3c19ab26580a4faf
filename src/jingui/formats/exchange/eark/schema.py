"""The schema of our base information, which a package carries so that a stranger's tools can read it."""

from __future__ import annotations

BASE_SCHEMA = """\
<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">
  <xs:annotation>
    <xs:documentation xml:lang="zh">基本信息元数据：每个元素以 title 属性给出中文名称；encoding="base64" 表示文本经 Base64 编码。</xs:documentation>
    <xs:documentation xml:lang="en">Base information: elements carry their Chinese name as title; groups hold elements.</xs:documentation>
  </xs:annotation>
  <xs:element name="base_info" type="group"/>
  <xs:complexType name="group" mixed="true">
    <xs:sequence>
      <xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/>
    </xs:sequence>
    <xs:attribute name="title" type="xs:string"/>
    <xs:attribute name="encoding" type="xs:string"/>
    <xs:anyAttribute processContents="skip"/>
  </xs:complexType>
</xs:schema>
""".encode()
