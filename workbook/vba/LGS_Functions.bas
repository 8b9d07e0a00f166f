Attribute VB_Name = "LGS_Functions"
' Excel's dialogs show these texts. lgs_excel.addin.build.vba_wrappers makes them: change the docstrings.
Option Explicit

Public Sub LGS_Describe()
    Describe "LGS_ACTIVE", "How many customers bought in a month.", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.", _
        "Only this country, as the data spell it. Left out: all of them together.")
    Describe "LGS_CANCELLED", "How many orders were cancelled in a month.", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.", _
        "Only this country, as the data spell it. Left out: all of them together.")
    Describe "LGS_CUSTOMER", "One page about a customer, as a table that spills: sales, segment, products, last orders, suggestions.", _
        Array("The customer's number, such as 17850.")
    Describe "LGS_FORECAST", "Predicted net sales of a month that has not ended, in pounds. The sheet Forecast has the ranges.", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.")
    Describe "LGS_GROWTH", "Net sales against the month before, as a fraction: 0.12 is 12% more. Blank where there is nothing to compare.", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.")
    Describe "LGS_NEW", "How many customers bought for the first time in a month (in that country, if one is given).", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.", _
        "Only this country, as the data spell it. Left out: all of them together.")
    Describe "LGS_ORDERS", "How many orders were placed in a month.", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.", _
        "Only this country, as the data spell it. Left out: all of them together.")
    Describe "LGS_PAIRS", "What is bought together with a product most often, as a table that spills: how often, in which share.", _
        Array("A product's code, such as 22697.", _
        "How many products, such as 5. Left out: all that are bought with it often.")
    Describe "LGS_RFM", "A customer's three scores as a text such as 545: recency, frequency, monetary value; 5 is best.", _
        Array("The customer's number, such as 17850.")
    Describe "LGS_SALES", "Net sales of a month in pounds: everything sold, less cancellations and adjustments.", _
        Array("The month: any date in it, or a text such as 2011-11 or Nov 2011.", _
        "Only this country, as the data spell it. Left out: all of them together.")
    Describe "LGS_SEGMENT", "The segment that a customer is in, such as Champions.", _
        Array("The customer's number, such as 17850.")
    Describe "LGS_SEGMENT_SIZE", "How many customers are in a segment.", _
        Array("One of: Champions, Loyal Customers, Potential Loyalists, New Customers, Promising, Need Attention, About to Sleep, Can't Lose, At Risk, Hibernating.")
    Describe "LGS_TABLE", "A whole analysis, as a table that spills into the cells below and beside.", _
        Array("Its name, such as sales, countries or pairs; all of them are on the sheet Definitions.")
    Describe "LGS_TODO", "What to do this week, for whom and what is at stake, as a table that spills: the sheet This week.", _
        Array("How many lines, such as 3. Left out: all.")
    Describe "LGS_TOP_PRODUCTS", "The n most bought products, as a table that spills into the cells below and beside.", _
        Array("How many products, such as 10.", _
        "Ranked by one of: revenue, units, customers. Left out: revenue.")
End Sub

' Where Excel takes no descriptions, the functions work without.
Private Sub Describe(ByVal FunctionName As String, ByVal Text As String, ByVal Arguments As Variant)
    Dim Saved As Boolean
    Saved = ThisWorkbook.Saved
    On Error Resume Next
    Application.MacroOptions Macro:="'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & FunctionName, _
        Description:=Text, Category:="LGS", ArgumentDescriptions:=Arguments
    ThisWorkbook.Saved = Saved
End Sub
