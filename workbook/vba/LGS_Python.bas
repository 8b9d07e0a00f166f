Attribute VB_Name = "LGS_Python"
' The one way from this workbook to Python, and to the cells that have names.
Option Explicit

#If Mac Then
Private Const INTERPRETER As String = "INTERPRETER_MAC"
#Else
Private Const INTERPRETER As String = "INTERPRETER_WIN"
#End If

' Work is fixed text, never anything from a cell.
Public Sub LGS_Call(ByVal Work As String)
    If CStr(GetConfig(INTERPRETER, "")) = "" Then
        MsgBox "This workbook does not know where Python is on this computer. Ask IT to run 'lgs-excel install' " & _
            "here once, and use the workbook that it makes.", vbExclamation, "LGS Analytics"
    Else
        RunPython "from lgs_excel.addin import macros; macros." & Work
    End If
End Sub

' Cells with worksheet functions show the figures of the refresh, too: they are not recalculated by themselves.
Public Sub LGS_Recalculate()
    On Error Resume Next ' Excel does not calculate while a cell is being edited
    Application.CalculateFull
End Sub

Public Function LGS_Cells(ByVal CellName As String) As Range
    Dim Found As Excel.Name
    Set Found = ThisWorkbook.Names(CellName)
    Set LGS_Cells = Found.RefersToRange
End Function
